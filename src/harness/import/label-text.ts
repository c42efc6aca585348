const pattern = /^[\p{L}\p{N}][^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]{0,62}$/u;

/** The rule for `isLabelText` in words. */
export const labelRule = 'a text of 1 to 63 characters that starts with a letter or digit';

/**
 * Whether a text from outside may be a level or the name of a job: it stands in tables and pictures, and no
 * spreadsheet takes it for a formula.
 */
export function isLabelText(text: string): boolean {
  return pattern.test(text);
}

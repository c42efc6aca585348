import { UserError } from '../../../../base/errors.ts';

/**
 * Text as a string of xl's configuration files.
 * @throws UserError for what they cannot hold
 */
export function quote(text: string): string {
  if (/[\0-\x1f\x7f]/.test(text)) {
    throw new UserError({
      message: `expected text without line breaks for Xen, got ${JSON.stringify(text)}`,
      remedy: 'Choose another name or path.',
    });
  }
  return `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}

/** Several as a list. */
export function quoteAll(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}

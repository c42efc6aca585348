import { UserError } from './errors.ts';

/**
 * What may name a guest, a storage, a host, a lab, a job: it ends up in file names, command lines
 * and XML. The one rule everywhere.
 */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** The rule in words. */
export const nameRule =
  'a name of 1 to 63 letters, digits, ".", "_" or "-" that starts with a letter or digit';

/**
 * @param what whose name it is, for the message: `lab`, `guest`
 * @throws UserError if it is no name
 */
export function expectName(text: string, what: string): string {
  if (namePattern.test(text)) return text;
  throw new UserError({
    message: `${what}: expected ${nameRule}, got ${JSON.stringify(text)}`,
    remedy: 'Choose another name.',
  });
}

import { UserError } from '../../base/errors.ts';
import { expectName } from '../../base/name.ts';

/** The name is a part of the names of network namespaces, beside a token and a host's name. */
const longest = 24;

/** @throws UserError if no lab can have this name */
export function expectLabName(name: string): void {
  expectName(name, 'lab');
  if (name.length <= longest) return;
  throw new UserError({
    message: `lab: expected a name of at most ${longest} characters, got ${name}`,
    remedy: 'Choose another by --name.',
  });
}

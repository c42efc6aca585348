/** What no POSIX shell reads as anything but itself, wherever it stands among arguments. */
const harmless = /^[A-Za-z0-9_/.,:@%+-]+$/;

/**
 * One argument as a word for a POSIX shell, whatever it contains.
 * @throws RangeError for a NUL byte, which no argument of a program can hold
 */
export function quote(argument: string): string {
  if (argument.includes('\0')) {
    throw new RangeError(`expected an argument without NUL, got ${JSON.stringify(argument)}`);
  }
  if (harmless.test(argument)) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

import { markVariable } from '../process-tree.ts';
import { quote } from './quote.ts';
import type { Argv } from '../shell.ts';

export interface CommandOptions {
  env?: Readonly<Record<string, string>> | undefined;
  cwd?: string | undefined;
  /** Nothing to read for it. */
  noInput?: boolean;
  /** What it prints is thrown away there; its error stream is not. */
  noOutput?: boolean;
}

/**
 * Prints the mark and its pid, then becomes the program; $0 is the mark, $1 the working directory,
 * up to `--` the environment. Of what came before the mark, a profile's greetings, nothing counts.
 * All messages of this shell itself begin with the mark, too.
 */
const wrapper = [
  `PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" ${markVariable}="$0"; export PATH ${markVariable}`,
  'echo "$0" >&2; [ -z "$1" ] || cd "$1" || exit 126; shift',
  'while [ "$1" != -- ]; do export "$1"; shift; done; shift',
  'case "$1" in */*) [ -x "$1" ];; *) command -v "$1" >/dev/null;; esac' +
    ' || { echo "$0: $1: not found, or not executable" >&2; exit 127; }',
  'echo "$0 $$"; exec "$@"',
].join('; ');

/** What csh or fish reads as more than itself, though it stands in single quotes. */
const special = /[\n\\'!]/g;

const octal = (character: string) => `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`;

/**
 * What a login shell is given to run a program under a mark. It works the same in every POSIX shell, in csh
 * and in fish, which have other quotes: they get what /bin/sh then reads as its own line.
 * @throws RangeError for a NUL byte or a name that no environment can hold
 */
export function commandLine(
  mark: string,
  argv: Argv,
  { env = {}, cwd = '', noInput, noOutput }: CommandOptions = {},
): string {
  const settings = Object.entries(env).map(([name, value]) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${name}=${value}`;
    throw new RangeError(`expected the name of a variable, got ${JSON.stringify(name)}`);
  });
  const script = `${wrapper}${noInput ? ' </dev/null' : ''}${noOutput ? ' >/dev/null' : ''}`;
  const words = ['/bin/sh', '-c', script, mark, cwd, ...settings, '--', ...argv];
  const line = `exec ${words.map(quote).join(' ')}`;
  return `exec /bin/sh -c 'eval "$(printf %b "$0")"' '${line.replaceAll(special, octal)}'`;
}

import { gunzipSync } from 'node:zlib';
import { CommandError, type Shell } from '../../../remote/shell.ts';
import { cpioNames, packerOf } from './cpio-names.ts';
import { modulesIn } from './kernel.ts';
import { look } from './look.ts';

/** What the first root of the machine can drive. */
export type Initramfs =
  /** Names of the modules in it, `_` for `-`, and paths of all files, from its root. */
  | { state: 'read'; modules: ReadonlySet<string>; names: ReadonlySet<string> }
  | { state: 'none' }
  /** With the reason. */
  | { state: 'unreadable'; reason: string };

/** Debian's and Fedora's own programs first: they know what the packers of their time wrote. */
const listScript = `
if command -v lsinitramfs >/dev/null 2>&1; then exec lsinitramfs "$1"; fi
if command -v lsinitrd >/dev/null 2>&1; then exec lsinitrd "$1"; fi
exit 3`;

/** The compressed part by the machine's own packer. */
const unpackScript = `
(set -o pipefail) 2>/dev/null && set -o pipefail
tail -c "+$2" "$1" | "$3" -dc | { cpio -it --quiet 2>/dev/null || busybox cpio -t; }`;

/** Unpacks large files slowly under emulation. */
const patience = 180;

function asRead(names: readonly string[]): Initramfs {
  const paths = names.map((name) => name.replace(/^\.?\//, ''));
  return { state: 'read', modules: modulesIn(paths), names: new Set(paths) };
}

/** Lists what is in an initramfs, by the machine's own programs, else by reading it. */
export async function readInitramfs(shell: Shell, path: string | undefined): Promise<Initramfs> {
  if (path === undefined) return { state: 'none' };
  const limit = { timeout: patience };
  try {
    const listed = await look(shell, listScript, { args: [path], ...limit });
    return asRead(listed.split(/\s+/));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
  try {
    const bytes = await shell.readFile(path);
    const { names, next } = cpioNames(bytes);
    const rest = bytes.subarray(next);
    return asRead([...names, ...(await namesIn(rest, next))]);
  } catch (error) {
    return { state: 'unreadable', reason: (error as Error).message };
  }

  async function namesIn(rest: Buffer, start: number): Promise<string[]> {
    if (rest.length === 0) return [];
    const packer = packerOf(rest);
    if (packer === undefined) throw new Error('it is packed by nothing that is known');
    if (packer === 'gzip') return cpioNames(gunzipSync(rest)).names;
    const args = [path ?? '', String(start + 1), packer];
    const names = (await look(shell, unpackScript, { args, ...limit })).split('\n').filter(Boolean);
    // A shell without pipefail does not tell that the packer is missing.
    if (names.length === 0) throw new Error(`${packer} on the machine unpacks nothing of it`);
    return names;
  }
}

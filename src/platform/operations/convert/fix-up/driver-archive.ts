import { gzipSync } from 'node:zlib';
import { look } from '../inspect/look.ts';
import type { Shell } from '../../../remote/shell.ts';
import { newc, type ArchiveEntry } from './newc.ts';

/** What a guest's disk needs; its network's driver is loaded from the disk. */
const wanted = ['virtio_pci', 'virtio_blk'];

/** What says which device needs which module, as the programs of an initramfs read it. */
const indexes = ['dep', 'alias', 'symbols', 'builtin', 'builtin.alias', 'builtin.modinfo', 'order']
  .flatMap((name) => [`modules.${name}`, `modules.${name}.bin`])
  .concat('modules.softdep', 'modules.devname');

const files = `
root=$1 version=$2; shift 2
needed=$(modprobe -d "$root/" -S "$version" --show-depends -a "$@") || exit
printf '%s\\n' "$needed" | sed -n 's/^insmod \\([^ ]*\\).*/\\1/p' | sort -u`;

/**
 * An archive that is appended to a machine's initramfs: the virtio drivers of its own kernel, and the
 * lists by which udev finds them. Nothing of the machine's system is run to make it.
 * (A folder that the initramfs has as a link, such as /lib, must not be in it: the kernel would
 * replace the link.)
 * @param version release of its kernel
 * @param system folder in which its system lies
 * @throws CommandError if the kernel has no such module
 */
export async function driverArchive(shell: Shell, version: string, system = ''): Promise<Buffer> {
  const listed = await look(shell, files, { args: [system, version, ...wanted] });
  const root = `/lib/modules/${version}`;
  const modules = listed
    .split('\n')
    .filter(Boolean)
    .map((path) => path.slice(path.indexOf(root)));
  const lists = await look(shell, 'cd "$1" && ls', { args: [`${system}${root}`] });
  const present = new Set(lists.split('\n'));
  const paths = [
    ...indexes.filter((name) => present.has(name)).map((name) => `${root}/${name}`),
    ...modules,
  ];
  const entries: ArchiveEntry[] = [];
  const made = new Set<string>();
  for (const path of paths) {
    for (const folder of foldersOf(path)) {
      if (made.has(folder)) continue;
      made.add(folder);
      entries.push({ path: folder });
    }
    entries.push({ path: path.slice(1), content: await shell.readFile(`${system}${path}`) });
  }
  return gzipSync(newc(entries));
}

/** `lib/modules`, `lib/modules/6.1`, … without `lib`. */
function foldersOf(path: string): string[] {
  const parts = path.slice(1).split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/')).slice(1);
}

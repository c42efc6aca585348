import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** Disks that the machine's system calls by the kernel's names, which are others in a guest. */
export async function readDiskNames(shell: Shell): Promise<string[]> {
  return parseDiskNames(await look(shell, 'cat /etc/fstab 2>/dev/null; echo; cat /proc/cmdline'));
}

/**
 * @param text of `/etc/fstab` and the kernel's command line
 * @returns such as `/dev/sda1`, each once; not `/dev/vda1`, which a guest has as well
 */
export function parseDiskNames(text: string): string[] {
  const names = text.split('\n').flatMap((line) => {
    const [, source = ''] = /^\s*(\/dev\/\S+)\s/.exec(line) ?? [];
    const [, root = ''] = /(?:^|\s)root=(\/dev\/\S+)/.exec(line) ?? [];
    return [source, root];
  });
  return [...new Set(names.filter((name) => /^\/dev\/([sh]d[a-z]|nvme\d|mmcblk\d)/.test(name)))];
}

import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** How full a mounted file system is. */
export interface FileSystemUse {
  /** As mounted: `/dev/sda1`, `/dev/mapper/vg-root`, `tmpfs`, `server:/export`. */
  source: string;
  mountPoint: string;
  /** Bytes of its blocks. */
  size: number;
  /** Bytes that hold something, the file system's own tables not among them. */
  used: number;
}

/** Of disks only: a file system whose server is gone lets df wait for ever. busybox knows no -l. */
const local = `
told=$(df -kPl 2>/dev/null)
[ -n "$told" ] || told=$(df -kP 2>/dev/null)
printf '%s\\n' "$told"`;

/** @throws CommandError if there is no df */
export async function readFileSystems(shell: Shell): Promise<FileSystemUse[]> {
  return parseFileSystems(await look(shell, local));
}

/** Reads what `df -kP` prints, of coreutils or busybox. */
export function parseFileSystems(text: string): FileSystemUse[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\S.*?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(?:\d+%|-)\s+(\/.*)$/.exec(line);
    if (match === null) return [];
    const [, source = '', size, used, , mountPoint = ''] = match;
    return [{ source, mountPoint, size: Number(size) * 1024, used: Number(used) * 1024 }];
  });
}

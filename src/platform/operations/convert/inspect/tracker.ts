import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** What can tell which sectors are written while the machine runs. */
export interface Tracker {
  /** The kernel traces requests of disks (`CONFIG_BLK_DEV_IO_TRACE`). */
  kernel: boolean;
  /** blktrace and blkparse are there; else they have to be brought. */
  tool: boolean;
}

const script = `
[ -d "/sys/class/block/$1/trace" ] && echo kernel
command -v blktrace >/dev/null && command -v blkparse >/dev/null && echo tool
true`;

/** @param disk `/dev/vda` */
export async function readTracker(shell: Shell, disk: string): Promise<Tracker> {
  const name = disk.replace(/^\/dev\//, '').replaceAll('/', '!');
  const found = (await look(shell, script, { args: [name] })).split('\n');
  return { kernel: found.includes('kernel'), tool: found.includes('tool') };
}

import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** Enough to get past a disk's start, little enough to disturb nobody for long. */
const mebibytes = 64;

/**
 * How fast a disk is read in large pieces past the page cache; undefined where it cannot be.
 * @returns bytes a second
 */
export async function readReadRate(shell: Shell, disk: string): Promise<number | undefined> {
  const script = `
dd if="$1" of=/dev/null bs=1M count=${mebibytes} iflag=direct 2>&1 ||
  dd if="$1" of=/dev/null bs=1M count=${mebibytes} 2>&1 || true`;
  return parseTransferRate(await look(shell, script, { args: [disk] }));
}

/** Reads the last line of dd's that says bytes and seconds, of coreutils or busybox. */
export function parseTransferRate(text: string): number | undefined {
  const lines = [...text.matchAll(/^(\d+) bytes .*?, ([\d.e+-]+) s(?:econds)?,/gm)];
  const [, bytes, seconds] = lines.at(-1) ?? [];
  const rate = Number(bytes) / Number(seconds);
  return Number.isFinite(rate) && rate > 0 ? rate : undefined;
}

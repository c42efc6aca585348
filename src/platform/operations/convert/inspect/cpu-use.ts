import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';

const once = `cat /proc/uptime; grep '^cpu ' /proc/stat`;

/**
 * Watches for some seconds how many of a machine's processors are at work.
 * @returns cores, on average
 * @throws CommandError if it cannot be looked at
 */
export async function readCpuUse(
  shell: Shell,
  seconds: number,
  signal?: AbortSignal,
): Promise<number> {
  const script = `getconf CLK_TCK; ${separate}; ${once}; ${separate}; sleep "$1"; ${once}`;
  const args = [String(seconds)];
  return parseCpuUse(await look(shell, script, { args, timeout: seconds + 60, signal }));
}

/** @param text ticks a second; then twice `/proc/uptime` and the first line of `/proc/stat` */
export function parseCpuUse(text: string): number {
  const [ticks = '', ...looks] = partsOf(text);
  const [before, after] = looks.map(countersIn);
  const rate = Number(ticks);
  if (before === undefined || after === undefined || !(rate > 0)) return 0;
  const watched = after.at - before.at;
  return watched > 0 ? Math.max(0, (after.busy - before.busy) / rate / watched) : 0;
}

function countersIn(text: string): { at: number; busy: number } {
  const [uptime = '', cpu = ''] = text.split('\n');
  // proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are in user.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = cpu
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { at: Number(uptime.split(' ')[0]), busy: user + nice + system + irq + softirq };
}

import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** What the machine's clock counts while it is off. */
export type HardwareClock = 'utc' | 'local';

export async function readHardwareClock(shell: Shell): Promise<HardwareClock> {
  return parseHardwareClock(await look(shell, 'cat /etc/adjtime 2>/dev/null; true'));
}

/** Reads `/etc/adjtime`; its third line says it, without one it is UTC (hwclock(8)). */
export function parseHardwareClock(text: string): HardwareClock {
  return text.split('\n')[2]?.trim() === 'LOCAL' ? 'local' : 'utc';
}

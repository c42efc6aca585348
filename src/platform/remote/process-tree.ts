import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** In the environment of every command and of all that it starts: how its tree is found. */
export const markVariable = 'VIRTGAUGE_COMMAND';

/** Seconds for programs to end by themselves on SIGTERM before they are killed. */
export const graceToEnd = 2;
/** Seconds after which what even SIGKILL has not ended is left. */
export const limitToEnd = 12;
const interval = 30;

/**
 * Ends every process of this machine with a setting in its environment, whatever session or group it
 * is in, and whatever it starts meanwhile. What has thrown its environment away is not found.
 * @param setting such as `VIRTGAUGE_COMMAND=4f…`
 */
export async function endProcessTree(setting: string): Promise<void> {
  const begin = performance.now();
  const terminated = new Set<number>();
  // A process may start another behind the back of one look, and be gone at the next.
  for (let empty = 0; empty < 2;) {
    const seconds = (performance.now() - begin) / 1000;
    if (seconds > limitToEnd) return;
    const pids = processesWith(setting);
    empty = pids.length === 0 ? empty + 1 : 0;
    for (const pid of pids) {
      if (seconds >= graceToEnd) signal(pid, 'SIGKILL');
      else if (!terminated.has(pid)) signal(pid, 'SIGTERM');
      terminated.add(pid);
    }
    if (pids.length > 0) await sleep(interval);
  }
}

/** Living processes, zombies left out, whose environment at their start had the setting. */
export function processesWith(setting: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
        return `\0${environment}`.includes(`\0${setting}\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

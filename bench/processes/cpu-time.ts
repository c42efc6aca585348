import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time that a process has used, in seconds, to nanoseconds: ticks would miss one that sleeps
 * between them.
 * @throws Error where the kernel does not tell
 */
export function cpuTime(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => {
    const [nanoseconds = ''] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanoseconds) / 1e9;
  }, 0);
}

/** The command line of a process, word by word. */
export function commandLine(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

import { readdirSync, readFileSync } from 'node:fs';
import { livingProcess } from '../living-process.ts';

const variable = 'VIRTGAUGE_MARK';

/** What a process must have in its environment to be found by its mark. */
export function markEnvironment(mark: string): Record<string, string> {
  return { [variable]: mark };
}

/**
 * The mark in such an environment.
 * @throws Error if there is none
 */
export function markOf(environment: Readonly<Record<string, string>>): string {
  const mark = environment[variable];
  if (mark === undefined) throw new Error(`expected ${variable} in the environment of a guest`);
  return mark;
}

export interface MarkedProcess {
  pid: number;
  /** With `pid`, names the process for good. */
  start: string;
  name: string;
}

/** The living processes with the mark, this one left out. */
export function markedProcesses(mark: string): MarkedProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap((pid) => {
      if (pid === process.pid) return [];
      // The start is read first: were the number used again after it, the mark would not fit.
      const living = livingProcess(pid);
      return living !== undefined && isMarked(pid, mark) ? [{ pid, ...living }] : [];
    });
}

/** Whether a process started with the mark; false where its environment may not be read. */
export function isMarked(pid: number, mark: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    return `\0${environment}\0`.includes(`\0${variable}=${mark}\0`);
  } catch {
    return false;
  }
}

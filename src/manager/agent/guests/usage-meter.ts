import { readFileSync } from 'node:fs';
import type { Usage } from '../runner.ts';

/** Clock ticks a second, as Linux shows them to programs. */
const ticks = 100;
const pageBytes = 4096;
/** Seconds between two looks that count: less is not told apart from noise. */
const shortest = 0.5;

interface Look {
  readonly pid: number;
  /** Seconds of CPU since the process started. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly at: number;
}

/** What processes use: CPU between two looks, memory now. */
export class UsageMeter {
  readonly #looks = new Map<string, Look>();
  readonly #last = new Map<string, Usage>();
  readonly #read: (pid: number) => string;
  readonly #now: () => number;

  constructor(
    read = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'latin1'),
    now: () => number = () => performance.now(),
  ) {
    this.#read = read;
    this.#now = now;
  }

  /** @param pids by guest */
  measure(pids: ReadonlyMap<string, number>): ReadonlyMap<string, Usage> {
    for (const name of this.#looks.keys()) if (!pids.has(name)) this.#forget(name);
    for (const [name, pid] of pids) this.#look(name, pid);
    return this.#last;
  }

  #look(name: string, pid: number): void {
    const at = this.#now();
    const before = this.#looks.get(name);
    if (before?.pid === pid && at - before.at < shortest * 1000) return;
    let stat: string;
    try {
      stat = this.#read(pid);
    } catch {
      this.#forget(name);
      return;
    }
    // What follows the name, which may hold anything, begins with field 3.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, pages = 0] = [fields[11], fields[12], fields[21]];
    const cpu = (user + system) / ticks;
    this.#looks.set(name, { pid, cpu, at });
    if (before?.pid !== pid) return;
    const seconds = (at - before.at) / 1000;
    this.#last.set(name, { cpu: (cpu - before.cpu) / seconds, memory: pages * pageBytes });
  }

  #forget(name: string): void {
    this.#looks.delete(name);
    this.#last.delete(name);
  }
}

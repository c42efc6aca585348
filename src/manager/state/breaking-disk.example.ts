import type { Disk, DiskFile } from './disk.ts';

/** The process is gone: nothing that it would have done afterwards happens. */
export class Killed extends Error {}

interface Content {
  /** What is left if the power fails. */
  durable: Buffer;
  /** What the kernel has, and a later process sees. */
  current: Buffer;
}

/**
 * A disk in memory that kills its process after so many steps (a byte written, a sync, a truncation, a
 * rename), and that may be full.
 */
export class BreakingDisk implements Disk {
  steps = Infinity;
  /** Bytes that may still be written. */
  space = Infinity;
  /** Whether syncing fails. */
  broken = false;
  readonly files = new Map<string, Content>();
  #dead = false;

  /** Starts the machine again: `choose` says what became of what was not synced, 0 to 1. */
  restart(power: 'kept' | 'lost', choose: () => number): void {
    this.#dead = false;
    this.steps = Infinity;
    for (const content of this.files.values()) {
      if (power === 'lost') content.current = survivor(content, choose);
      content.durable = content.current;
    }
  }

  read(path: string): Buffer | undefined {
    return this.files.get(path)?.current;
  }

  open(path: string, fresh: boolean): DiskFile {
    const content = this.files.get(path) ?? { durable: Buffer.alloc(0), current: Buffer.alloc(0) };
    this.files.set(path, content);
    if (fresh) content.current = Buffer.alloc(0);
    return {
      write: (bytes) => {
        this.#alive();
        if (this.space === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        const count = Math.min(bytes.length, this.space, Math.max(this.steps, 0));
        content.current = Buffer.concat([content.current, bytes.subarray(0, count)]);
        this.space -= count;
        this.steps -= count;
        if (this.steps <= 0) this.#die();
        return count;
      },
      sync: () => {
        this.#step();
        if (this.broken) throw Object.assign(new Error('input/output error'), { code: 'EIO' });
        content.durable = content.current;
      },
      truncate: (size) => {
        this.#step();
        this.space += content.current.length - size;
        content.current = content.current.subarray(0, size);
      },
      close: () => undefined,
    };
  }

  replace(from: string, to: string): void {
    this.#step();
    const content = this.files.get(from);
    if (content === undefined) throw new Error(`there is no ${from}`);
    this.files.set(to, content);
    this.files.delete(from);
    this.#step();
  }

  #step(): void {
    this.#alive();
    if (--this.steps < 0) this.#die();
  }

  #alive(): void {
    if (this.#dead) throw new Killed();
  }

  #die(): never {
    this.#dead = true;
    throw new Killed();
  }
}

function survivor({ durable, current }: Content, choose: () => number): Buffer {
  const grown = current.subarray(0, durable.length).equals(durable);
  if (!grown) return choose() < 0.5 ? durable : current;
  const kept = Math.round((current.length - durable.length) * choose());
  return current.subarray(0, durable.length + kept);
}

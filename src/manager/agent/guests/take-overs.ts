import { setTimeout as sleep } from 'node:timers/promises';
import { endsWithin } from '../../../platform/ends-within.ts';
import type { GuestFile } from './guest-files.ts';

/** Seconds that all guests together get before the agent begins its work without those that do not answer. */
const enough = 5;
/** Milliseconds between two tries. */
const pause = 2000;

/**
 * Taking over the guests that an earlier agent has left. One that does not answer holds up neither the others
 * nor the agent: it is tried again until it answers, or is gone.
 */
export class TakeOvers {
  readonly #takeOver: (file: GuestFile) => Promise<void>;
  readonly #signal: AbortSignal;
  readonly #pending = new Map<string, Promise<void>>();

  constructor(takeOver: (file: GuestFile) => Promise<void>, signal: AbortSignal) {
    this.#takeOver = takeOver;
    this.#signal = signal;
  }

  /** Resolves when all are taken over, or after a while. */
  async begin(files: readonly GuestFile[]): Promise<void> {
    for (const file of files) {
      const done = this.#persist(file).finally(() => this.#pending.delete(file.name));
      this.#pending.set(file.name, done);
    }
    await endsWithin(enough, Promise.all(this.#pending.values()));
  }

  /** @throws Error if it has not answered yet */
  expectOver(name: string): void {
    if (this.#pending.has(name)) throw new Error(`${name} does not answer`);
  }

  /** Resolves when it has been taken over. */
  async of(name: string): Promise<void> {
    await this.#pending.get(name);
  }

  async #persist(file: GuestFile): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#takeOver(file);
        return;
      } catch {
        await sleep(pause, undefined, { signal: this.#signal }).catch(() => undefined);
      }
    }
  }
}

import { endsWithin } from '../../../platform/ends-within.ts';
import type { Argv, Shell } from '../../../platform/remote/shell.ts';

/** Seconds after which a storage is taken to answer no more. */
export interface PulseLimits {
  /** For a look at the file system. */
  look: number;
  /**
   * For a few bytes to be on stable storage: longer, since a disk that is merely busy may have a lot
   * to write before them.
   */
  write: number;
}

export const usualLimits: PulseLimits = { look: 20, write: 60 };

/**
 * Whether a storage answers on a host: told by a look at the file system, and by a few bytes written
 * and synced. Never more than one of these is under way: what hangs is not joined by others.
 */
export class StoragePulse {
  /** In sentences: `storage shared on h1`. */
  readonly name: string;
  readonly #shell: Shell;
  readonly #file: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #limits: PulseLimits;
  /** What is under way or hangs, and since when. */
  #pending: { ended: Promise<void>; since: number } | undefined;

  /**
   * @param file on the storage, its own
   * @param environment carried by what it starts on the host, so that it is found and ended
   */
  constructor(
    name: string,
    shell: Shell,
    file: string,
    environment: Readonly<Record<string, string>>,
    limits = usualLimits,
  ) {
    this.name = name;
    this.#shell = shell;
    this.#file = file;
    this.#environment = environment;
    this.#limits = limits;
  }

  /** Whether something has begun and not ended. */
  get pending(): boolean {
    return this.#pending !== undefined;
  }

  /** Waits for what is under way, at most so many seconds. */
  async settled(seconds: number): Promise<void> {
    if (this.#pending !== undefined) await endsWithin(seconds, this.#pending.ended);
  }

  /**
   * Takes no longer than its limits. An error is an answer: whoever uses the storage will meet it.
   * @returns in what way it does not answer: `has not answered for 20 s`; undefined if it does
   */
  async beat(): Promise<string | undefined> {
    const { look, write } = this.#limits;
    if (this.#pending !== undefined && !(await endsWithin(look, this.#pending.ended))) {
      return silence(this.#pending);
    }
    const script = 'printf x > "$1" && sync -- "$1"';
    const steps: [Argv, number][] = [
      [['stat', '-f', '--', this.#file], look],
      [['sh', '-c', script, 'sh', this.#file], write],
    ];
    for (const [argv, limit] of steps) {
      const pending = { ended: this.#run(argv), since: performance.now() };
      this.#pending = pending;
      void pending.ended.then(() => {
        if (this.#pending === pending) this.#pending = undefined;
      });
      if (!(await endsWithin(limit, pending.ended))) return silence(pending);
    }
    return undefined;
  }

  async #run(argv: Argv): Promise<void> {
    try {
      await this.#shell.run(argv, { env: this.#environment });
    } catch {
      // See above.
    }
  }
}

function silence({ since }: { since: number }): string {
  return `has not answered for ${Math.round((performance.now() - since) / 1000)} s`;
}

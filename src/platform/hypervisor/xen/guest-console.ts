import { duplexPair, type Duplex } from 'node:stream';
import type { PipedProcess, Shell } from '../../remote/shell.ts';
import { plainLanguage } from './xl.ts';

/** The console of a guest that may be yet to come. */
export class ConsoleLine {
  /** What it says comes here, what is written here it reads. */
  readonly stream: Duplex;
  readonly #far: Duplex;
  #process: PipedProcess | undefined;
  #closed = false;

  constructor() {
    [this.stream, this.#far] = duplexPair();
    this.#far.on('error', () => undefined);
  }

  /**
   * Connects it to a domain.
   * @param environment of the program that does it, so that the ledger finds it
   */
  async attach(
    shell: Shell,
    id: number,
    environment: Readonly<Record<string, string>>,
  ): Promise<void> {
    const process = await shell.open(['xl', 'console', String(id)], {
      env: { ...plainLanguage, ...environment },
    });
    this.#process = process;
    for (const each of [process.stdin, process.stdout]) each.on('error', () => undefined);
    process.stdout.pipe(this.#far, { end: false });
    this.#far.pipe(process.stdin);
    if (this.#closed) this.close();
  }

  close(): void {
    this.#closed = true;
    this.#process?.kill('SIGTERM');
    this.stream.destroy();
  }

  /** Resolves when the program that listened has ended. */
  async ended(): Promise<void> {
    await this.#process?.exited;
  }
}

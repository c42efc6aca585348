import { duplexPair, type Duplex } from 'node:stream';
import type { PipedProcess, Shell } from '../../remote/shell.ts';
import { plainLanguage } from './xl.ts';

/** The console of a guest that may be yet to come. */
export class ConsoleLine {
  /** What it says comes here, what is written here it reads. */
  readonly stream: Duplex;
  readonly #far: Duplex;
  #process: PipedProcess | undefined;
  #writer: PipedProcess | undefined;
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
    // xl reads nothing where it has no terminal of its own: what is written goes to Xen's.
    this.#far.once('data', (first: Buffer) => {
      void this.#write(shell, id, environment, first).catch(() => this.stream.destroy());
    });
    if (this.#closed) this.close();
  }

  async #write(
    shell: Shell,
    id: number,
    environment: Readonly<Record<string, string>>,
    first: Buffer,
  ): Promise<void> {
    this.#far.pause();
    const script =
      'path=/local/domain/$1; ' +
      'tty=$(xenstore-read $path/serial/0/tty 2>/dev/null || xenstore-read $path/console/tty); ' +
      'exec cat > "$tty"';
    const env = { ...plainLanguage, ...environment };
    const writer = await shell.open(['sh', '-c', script, 'sh', String(id)], { env });
    this.#writer = writer;
    for (const each of [writer.stdin, writer.stdout]) each.on('error', () => undefined);
    writer.stdout.resume();
    writer.stdin.write(first);
    this.#far.pipe(writer.stdin);
    if (this.#closed) this.close();
  }

  close(): void {
    this.#closed = true;
    this.#process?.kill('SIGTERM');
    this.#writer?.kill('SIGTERM');
    this.stream.destroy();
  }

  /** Resolves when the programs that listened and wrote have ended. */
  async ended(): Promise<void> {
    await Promise.all([this.#process?.exited, this.#writer?.exited]);
  }
}

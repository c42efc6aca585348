import { createWriteStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';

/** A line of the console, with the moment at which its last byte came, in seconds on our clock. */
export interface ConsoleLine {
  text: string;
  at: number;
}

/** A mark that a program in the guest printed: `vg-mark NAME SECONDS`. */
export interface Mark {
  /** When the line came, on our clock. */
  at: number;
  /** The guest's own stamp: seconds since its kernel started. */
  guestTime: number;
}

/** What the kernel itself says with its stamp, where its command line lets it: mark → line. */
const kernelLines = {
  kernel: /\[ *(\d+\.\d+)\](?:\[ *\w+\])? Linux version /,
  'kernel-init': /\[ *(\d+\.\d+)\](?:\[ *\w+\])? Run \S+ as init process/,
};

const keepCharacters = 64 * 1024;

/** Listens to a guest's console and stamps what it says. */
export class Console {
  readonly #clock: Clock;
  readonly #stream: Duplex;
  readonly #marks = new Map<string, Mark>();
  readonly #waiting = new Map<string, ((mark: Mark) => void)[]>();
  #rest = '';
  #tail = '';
  #firstByte: number | undefined;
  #begin: () => void = () => undefined;
  /** Resolves with the first byte. */
  readonly begun = new Promise<void>((resolve) => (this.#begin = resolve));

  /** @param logPath where everything is kept, for reading after a failure */
  constructor(stream: Duplex, clock: Clock, logPath?: string) {
    this.#clock = clock;
    this.#stream = stream;
    const log = logPath === undefined ? undefined : createWriteStream(logPath);
    // A full disk must not end the run: the log is only there to be read after a failure.
    log?.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => {
      log?.write(chunk);
      this.#receive(chunk.toString('latin1'));
    });
    stream.on('error', () => undefined);
    stream.on('close', () => log?.end());
  }

  /** When the first byte came, in seconds on our clock. */
  get firstByte(): number | undefined {
    return this.#firstByte;
  }

  /** The end of what was printed, at most 64 KiB. */
  get text(): string {
    return this.#tail;
  }

  /**
   * `init`: the first program runs. `service`: the service has bound its sockets. `no_agent`: the
   * image has no guest agent. `kernel`, `kernel-init`: the kernel's own lines for its start and for
   * that of the first program.
   */
  mark(name: string): Mark | undefined {
    return this.#marks.get(name);
  }

  /** Resolves when the mark has come, which may be never. */
  marked(name: string): Promise<Mark> {
    return new Promise((resolve) => {
      const mark = this.#marks.get(name);
      if (mark) resolve(mark);
      else this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #receive(text: string): void {
    const at = this.#clock.now();
    this.#firstByte ??= at;
    this.#begin();
    this.#tail = (this.#tail + text).slice(-keepCharacters);
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-keepCharacters);
    for (const line of lines) this.#readMark(line, at);
  }

  #readMark(line: string, at: number): void {
    const mark =
      /vg-mark (\w+) (\d+\.\d+)/.exec(line) ?? /vg-(service) ready (\d+\.\d+)/.exec(line);
    if (mark) this.#pass(mark[1] ?? '', at, mark[2]);
    for (const [name, pattern] of Object.entries(kernelLines)) {
      const seconds = pattern.exec(line)?.[1];
      if (seconds !== undefined) this.#pass(name, at, seconds);
    }
  }

  /** The first of a name counts. */
  #pass(name: string, at: number, seconds: string | undefined): void {
    if (this.#marks.has(name)) return;
    const mark = { at, guestTime: Number(seconds) };
    this.#marks.set(name, mark);
    for (const resolve of this.#waiting.get(name) ?? []) resolve(mark);
  }
}

import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { JsonLines } from '../../remote/json-lines.ts';
import type { GuestCommandOptions, GuestControl, GuestOutput, GuestProcess } from './control.ts';

interface Answer {
  return?: unknown;
  error?: { class: string; desc: string };
}

interface ExecStatus {
  exited: boolean;
  exitcode?: number;
  signal?: number;
  'out-data'?: string;
  'err-data'?: string;
  'out-truncated'?: boolean;
  'err-truncated'?: boolean;
}

class RefusedError extends Error {
  constructor(command: string, description: string) {
    super(`the guest agent refused ${command}: ${description}`);
    this.name = 'RefusedError';
  }
}

const chunkBytes = 48 * 1024;

/** Seconds: an emulated guest on a busy machine may take many. */
const answerLimit = 60;

/**
 * The QEMU guest agent over a stream, usually the host's end of a virtio-serial port. It answers
 * one request at a time and in order, so requests queue here.
 */
export class QemuGuestAgent implements GuestControl {
  readonly #lines: JsonLines;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #closed: Error | undefined;
  #ready: Promise<number> | undefined;

  constructor(stream: Duplex) {
    this.#lines = new JsonLines(
      stream,
      (answer) => this.#waiting.shift()?.resolve(answer),
      (cause) => {
        this.#closed = new Error(`the guest agent's channel is gone: ${cause.message}`, { cause });
        for (const { reject } of this.#waiting.splice(0)) reject(this.#closed);
      },
    );
  }

  /** The requests wait in the channel until the agent opens it: no polling, no resolution lost. */
  ready(): Promise<number> {
    this.#ready ??= Promise.all([
      this.#request('guest-sync-delimited', { id: 1 }, Infinity),
      this.#request('guest-get-time', {}, Infinity),
    ]).then(([, nanoseconds]) => Number(nanoseconds) / 1e9);
    return this.#ready;
  }

  async run(
    argv: readonly [string, ...string[]],
    options?: GuestCommandOptions,
  ): Promise<GuestOutput> {
    return (await this.start(argv)).wait(options);
  }

  async start([path, ...arg]: readonly [string, ...string[]]): Promise<GuestProcess> {
    const { pid } = (await this.#request('guest-exec', {
      path,
      arg,
      'capture-output': true,
    })) as { pid: number };
    const poll = async (): Promise<GuestOutput | undefined> => {
      const status = (await this.#request('guest-exec-status', { pid })) as ExecStatus;
      if (!status.exited) return undefined;
      if (status['out-truncated'] || status['err-truncated']) {
        throw new Error(`${path} in the guest printed more than the guest agent keeps`);
      }
      return {
        code: status.exitcode ?? 128 + (status.signal ?? 0),
        stdout: decode(status['out-data']),
        stderr: decode(status['err-data']),
      };
    };
    return { poll, wait: (options = {}) => untilEnded(path, poll, options) };
  }

  async exists(path: string): Promise<boolean> {
    try {
      const handle = await this.#request('guest-file-open', { path, mode: 'r' });
      await this.#request('guest-file-close', { handle });
      return true;
    } catch (error) {
      if (error instanceof RefusedError) return false;
      throw error;
    }
  }

  async readFile(path: string): Promise<Buffer> {
    return this.#withFile(path, 'r', async (handle) => {
      const chunks: Buffer[] = [];
      for (let eof = false; !eof;) {
        const read = (await this.#request('guest-file-read', { handle, count: chunkBytes })) as {
          'buf-b64': string;
          eof: boolean;
        };
        chunks.push(Buffer.from(read['buf-b64'], 'base64'));
        eof = read.eof;
      }
      return Buffer.concat(chunks);
    });
  }

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(content);
    await this.#withFile(path, 'w', async (handle) => {
      for (let start = 0; start < bytes.length;) {
        const piece = bytes.subarray(start, start + chunkBytes).toString('base64');
        const { count } = (await this.#request('guest-file-write', {
          handle,
          'buf-b64': piece,
        })) as { count: number };
        if (count === 0) throw new Error(`${path} in the guest takes no more bytes`);
        start += count;
      }
    });
  }

  close(): void {
    this.#lines.close();
  }

  /** The agent keeps what is not closed open for as long as it lives. */
  async #withFile<T>(
    path: string,
    mode: 'r' | 'w',
    use: (handle: number) => Promise<T>,
  ): Promise<T> {
    const handle = (await this.#request('guest-file-open', { path, mode })) as number;
    let result: T;
    try {
      result = await use(handle);
    } catch (error) {
      await this.#request('guest-file-close', { handle }).catch(() => undefined);
      throw error;
    }
    await this.#request('guest-file-close', { handle });
    return result;
  }

  /** @param limit seconds; an answer that comes later is taken off the queue and forgotten */
  async #request(execute: string, args: object, limit = answerLimit): Promise<unknown> {
    if (this.#closed) throw this.#closed;
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#lines.write({ execute, arguments: args });
      if (limit === Infinity) return;
      timer = setTimeout(() => {
        reject(new Error(`the guest agent did not answer ${execute} within ${limit} s`));
      }, limit * 1000);
    }).finally(() => clearTimeout(timer));
    if (answer.error) throw new RefusedError(execute, answer.error.desc);
    return answer.return;
  }
}

/**
 * The agent does not say when a program has ended: ask, at first often, then less. An agent that
 * has stopped answering is given up as well.
 */
async function untilEnded(
  path: string,
  poll: () => Promise<GuestOutput | undefined>,
  { timeout = 60, signal }: GuestCommandOptions,
): Promise<GuestOutput> {
  let timer: NodeJS.Timeout | undefined;
  let abort: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${path} in the guest did not end within ${timeout} s`));
    }, timeout * 1000);
    abort = () => reject(signal?.reason as Error);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
  try {
    for (let pause = 2; ; pause = Math.min(pause * 1.5, 50)) {
      const output = await Promise.race([poll(), stopped]);
      if (output) return output;
      await Promise.race([sleep(pause), stopped]);
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function decode(base64: string | undefined): string {
  return base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('utf8');
}

import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Host } from '../../platform/remote/host.ts';
import type { Argv, Ended } from '../../platform/remote/shell.ts';

/** Seconds until a program on a host must have begun to record. */
const patience = 15;
/** Seconds that a program has after it was told to end for good. */
const grace = 2;

/** What a program on a host recorded, and how it ended. */
export interface Recorded {
  output: Buffer;
  ended: Ended;
}

/** A program on a host that records on its standard output until its standard input ends. */
export interface Recorder {
  /**
   * Ends it and gives all that it wrote; what it wrote so far if it does not end in time, or its
   * host is out of reach. Never rejects.
   * @param limit seconds
   */
  stop(limit: number): Promise<Recorded>;
}

/**
 * Starts one, and waits until it records.
 * @param ready whether this output shows that it does
 * @throws Error with the program's own words if it does not
 */
export async function startRecorder(
  { shell }: Pick<Host, 'shell'>,
  argv: Argv,
  env: Readonly<Record<string, string>>,
  ready: (output: Buffer) => boolean,
): Promise<Recorder> {
  const process = await shell.open(argv, { env });
  const pieces: Buffer[] = [];
  const output = () => Buffer.concat(pieces);
  process.stdin.on('error', () => undefined);
  const whole = Promise.all([process.exited, readAll(process.stdout, pieces)]);

  const began = new Promise<'began'>((resolve) => {
    const look = () => {
      if (!ready(output())) return;
      process.stdout.off('data', look);
      resolve('began');
    };
    process.stdout.on('data', look);
  });
  const first = await within(patience, Promise.race([began, whole]));
  if (first !== 'began') {
    process.kill('SIGKILL');
    const reason =
      first === undefined ? `nothing for ${patience} s` : (first[0].lost ?? first[0].stderr.trim());
    throw new Error(
      `${argv[0]} ${argv[1] ?? ''} on ${shell.host} does not record: ${reason || 'it ended'}`,
    );
  }

  return {
    async stop(limit) {
      process.stdin.end();
      let all = await within(limit, whole);
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (all !== undefined) break;
        process.kill(signal);
        all = await within(grace, whole);
      }
      const [ended = { code: undefined, signal: undefined, stderr: '', lost: 'it did not end' }] =
        all ?? [];
      return { output: output(), ended };
    },
  };
}

async function readAll(stream: Readable, pieces: Buffer[]): Promise<void> {
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  // How the program ended tells what went wrong.
  await finished(stream).catch(() => undefined);
}

/** What a promise gives, undefined if it takes longer than some seconds. */
async function within<Value>(seconds: number, promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

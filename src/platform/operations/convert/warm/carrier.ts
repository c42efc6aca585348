import { createInterface } from 'node:readline';
import { z } from 'zod';
import { hostProgram } from '../../../programs/host-program.ts';
import type { Host } from '../../../remote/host.ts';
import { onAbort } from '../../../remote/on-abort.ts';
import { within } from '../../../within.ts';
import type { ServedDisk } from '../copy/serve-disk.ts';
import type { CarriedPass } from './decide.ts';

/** A stretch of a disk: where it begins and how long it is, in bytes. */
export type DiskRange = readonly [offset: number, bytes: number];

/** How the kernel is asked what is written. */
export interface TrackerOptions {
  /** Bytes of a buffer of the kernel, and how many for each processor. */
  buffer: number;
  buffers: number;
}

export interface CarrierOptions {
  /** `false`: the kernel is not asked, so that each pass compares everything. */
  tracker?: Partial<TrackerOptions> | false;
  /** It brings only what it is told, and the target may hold anything: nothing is asked of the kernel. */
  listed?: boolean;
}

/** The program that brings a disk over while it is in use, pass by pass. */
export interface Carrier {
  readonly pid: number;
  /** Why the kernel does not tell what is written; absent: it does. */
  readonly untracked?: string;
  /**
   * Brings over what was written since the pass before began: all, the first time. On stable storage of
   * the target when it resolves. A connection that is lost is made anew for a minute.
   * @param onProgress gets the bytes that were read and sent until now, and that are left
   * @throws Error that says why not; it has ended then
   */
  pass(
    signal: AbortSignal,
    onProgress?: (figures: { read: number; sent: number; left: number }) => void,
  ): Promise<CarriedPass>;
  /** What is not on the target by now, instead of a pass; undefined: that is not known. */
  written(): Promise<DiskRange[] | undefined>;
  /** Adds to what the next pass brings. */
  mark(ranges: readonly DiskRange[]): void;
  /** Never rejects; the kernel is asked no more. */
  stop(): Promise<void>;
}

const size = z.number().nonnegative();
const answerSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready'), tracked: z.boolean(), why: z.string() }),
  z.object({ event: z.literal('progress'), read: size, sent: size, left: size }),
  z.object({
    ...{ event: z.literal('pass'), whole: z.boolean(), lost: z.boolean() },
    ...{ read: size, sent: size, seconds: size, rest: size },
  }),
  z.object({
    ...{ event: z.literal('map'), known: z.boolean() },
    ranges: z.array(z.tuple([size, size])),
  }),
]);
type Answer = z.infer<typeof answerSchema>;

/** Seconds for it to begin, and to tell its map. */
const patience = 60;

/**
 * Starts it on the host of a disk.
 * @param disk `/dev/vda`
 * @param served where the target's disk is written: empty and of the same size, unless `listed`
 * @throws Error in its own words if it cannot read the disk
 */
export async function startCarrier(
  host: Host,
  disk: string,
  { address, port, name }: ServedDisk,
  { tracker = {}, listed = false }: CarrierOptions = {},
): Promise<Carrier> {
  const program = await hostProgram(host);
  const to = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const { buffer, buffers } = tracker === false ? {} : tracker;
  const process = await host.shell.open([
    ...([program, 'carry', '--disk', disk, '--to', to, '--export', name] as const),
    ...(tracker === false ? ['--blind'] : []),
    ...(listed ? ['--listed'] : []),
    ...(buffer === undefined ? [] : ['--buffer', String(buffer)]),
    ...(buffers === undefined ? [] : ['--buffers', String(buffers)]),
  ]);
  // What is lost with the connection is told by `exited`.
  for (const stream of [process.stdin, process.stdout]) stream.on('error', () => undefined);
  let take: (answer: Answer) => void = () => undefined;
  const lines = createInterface({ input: process.stdout });
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    const answer = answerSchema.safeParse(parsed(line));
    if (answer.success) take(answer.data);
  });
  const ended = process.exited.then(({ stderr, code, lost }) => {
    const words = stderr.trim() || lost || `it ended with code ${code ?? 'unknown'}`;
    throw new Error(`${host.name}: ${disk} was not brought over: ${words}`);
  });
  ended.catch(() => undefined);
  const next = <Event extends Answer['event']>(
    event: Event,
    onOther?: (answer: Answer) => void,
  ): Promise<Extract<Answer, { event: Event }>> => {
    const awaited = new Promise<Extract<Answer, { event: Event }>>((resolve) => {
      take = (answer) => {
        if (answer.event === event) resolve(answer as Extract<Answer, { event: Event }>);
        else onOther?.(answer);
      };
    });
    return Promise.race([awaited, ended]);
  };
  const { tracked, why } = await within(patience, `${host.name} says nothing`, next('ready'));
  return {
    pid: process.pid,
    ...(!tracked && { untracked: why }),
    async pass(signal, onProgress) {
      signal.throwIfAborted();
      const stopListening = onAbort(signal, () => process.kill('SIGTERM'));
      try {
        const done = next('pass', (answer) => {
          if (answer.event === 'progress') onProgress?.(answer);
        });
        process.stdin.write('pass\n');
        const { whole, read, sent, seconds, rest, lost } = await done;
        return { whole, read, sent, seconds, rest, lost };
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        stopListening();
      }
    },
    async written() {
      const told = next('map');
      process.stdin.write('map\n');
      const { known, ranges } = await within(patience, `${host.name} tells no map`, told);
      return known ? ranges : undefined;
    },
    mark(ranges) {
      for (const [offset, bytes] of ranges) process.stdin.write(`mark ${offset} ${bytes}\n`);
    },
    async stop() {
      process.stdin.end();
      const gone = process.exited.then(() => undefined);
      await within(patience, 'it does not end', gone).catch(() => process.kill('SIGKILL'));
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended, Shell } from '../../../remote/shell.ts';
import { bytesOf, minus, type Range } from './ranges.ts';
import type { ServedDisk } from './serve-disk.ts';

export interface CopyRequest {
  /** Of the host with the disk: the data take the direct way. */
  shell: Shell;
  /** Path of `vg-host` there. */
  program: string;
  /** Block device, or file. */
  disk: string;
  /** What of it is copied; what is read meanwhile must not change. */
  ranges: readonly Range[];
  target: ServedDisk;
}

export interface CopyOptions {
  /**
   * Whether the target reads as zeros where nothing was written yet, so that zeros need not be sent;
   * true by default.
   */
  empty?: boolean;
  /** Connections at once. */
  streams?: number;
  /** Seconds without any progress until it is given up. */
  patience?: number;
  signal?: AbortSignal;
  /** Gets the bytes that are done. */
  onProgress?: (done: number) => void;
}

/** Where one connection is held back by its window or by the target's disk, the others are not. */
const usualStreams = 4;
/** Seconds without an answer after which a connection is taken as cut. */
const silence = 20;
/** Seconds between two tries. */
const pause = 1;
/** Figures of progress are told once in as many bytes. */
const told = 64 * 2 ** 20;

/**
 * Copies ranges of a disk to where it is served, from its own host, over several connections. What is
 * cut off goes on with what is not done yet, as long as something gets done.
 * @throws Error saying how much was copied, and what failed last
 */
export async function copyDisk(
  request: CopyRequest,
  { patience = 120, signal, ...options }: CopyOptions = {},
): Promise<void> {
  const all = bytesOf(request.ranges);
  let left = [...request.ranges];
  let last = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const { done, problem, lasting } = await tryCopy(
      { ...request, ranges: left },
      options,
      signal,
      {
        before: all - bytesOf(left),
      },
    );
    if (problem === undefined) return;
    signal?.throwIfAborted();
    left = minus(left, done);
    if (done.length > 0) last = performance.now();
    const given = lasting === true || performance.now() - last > patience * 1000;
    if (given) {
      const copied = `${all - bytesOf(left)} of ${all} bytes of ${request.disk} were copied`;
      throw new Error(`${copied}, then: ${problem}`);
    }
    await sleep(pause * 1000);
  }
}

interface Tried {
  done: Range[];
  /** Absent: all was copied. */
  problem?: string;
  /** Trying again would not help. */
  lasting?: boolean;
}

/** What the program ends with: wrong usage, a disk that fails, a target that is full. */
const lastingCodes = [2, 3, 4];

async function tryCopy(
  { shell, program, disk, ranges, target }: CopyRequest,
  { empty = true, streams = usualStreams, onProgress }: CopyOptions,
  signal: AbortSignal | undefined,
  { before }: { before: number },
): Promise<Tried> {
  const done: Range[] = [];
  let count = 0;
  const heard = { flushed: false };
  let next = told;
  let ended: Ended;
  try {
    const process = await shell.open([
      ...([program, 'copy-disk', '--from', disk, '--export', target.name] as const),
      ...['--to', `${target.address}:${target.port}`, '--streams', String(streams)],
      ...['--patience', String(silence), ...(empty ? [] : ['--write-zeros'])],
    ]);
    const stop = () => process.kill('SIGKILL');
    signal?.addEventListener('abort', stop);
    for (const stream of [process.stdin, process.stdout]) stream.on('error', () => undefined);
    const lines = createInterface({ input: process.stdout });
    lines.on('error', () => undefined);
    const read = new Promise<void>((resolve) => lines.on('close', resolve));
    lines.on('line', (line) => {
      const [, offset, bytes] = /^done (\d+) (\d+)$/.exec(line) ?? [];
      if (line === 'flushed') heard.flushed = true;
      if (offset === undefined) return;
      done.push({ offset: Number(offset), bytes: Number(bytes) });
      count += Number(bytes);
      if (count < next) return;
      next = count + told;
      onProgress?.(before + count);
    });
    process.stdin.end(ranges.map(({ offset, bytes }) => `${offset} ${bytes}\n`).join(''));
    ended = await process.exited;
    // What it has said last may still be on its way.
    await Promise.race([read, sleep(1000)]);
    signal?.removeEventListener('abort', stop);
  } catch (error) {
    return { done, problem: (error as Error).message };
  }
  onProgress?.(before + count);
  if (heard.flushed) return { done };
  const { lost, stderr, code } = ended;
  return {
    done,
    problem: lost ?? (stderr.trim() || `code ${code ?? 'unknown'}`),
    lasting: code !== undefined && lastingCodes.includes(code),
  };
}

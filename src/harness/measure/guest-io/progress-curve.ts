import type { LogEntry } from './fio/bandwidth-log.ts';

/** Bytes moved by one guest against time: a broken line that never falls. Seconds, bytes. */
export interface ProgressCurve {
  times: number[];
  bytes: number[];
}

/**
 * The curve of one guest in one direction. fio's log gives its shape, its report the total and the
 * length, so that over the whole job it says exactly what fio reports.
 * @param entries entries of one direction, in order of time, in seconds on our clock
 * @param interval length of one entry, in seconds
 */
export function progressCurve(
  entries: readonly LogEntry[],
  interval: number,
  total: { bytes: number; runtime: number },
): ProgressCurve {
  const first = entries[0];
  if (first === undefined) throw new Error("fio's bandwidth log is empty");
  const start = first.at - Math.min(interval, total.runtime);
  const end = start + total.runtime;
  const times = [start];
  const bytes = [0];
  for (const { at, bandwidth } of entries) {
    const last = times.at(-1) ?? start;
    if (at <= last || at >= end) continue;
    times.push(at);
    bytes.push((bytes.at(-1) ?? 0) + bandwidth * (at - last));
  }
  const logged = bytes.at(-1) ?? 0;
  // The averages round, and the log may run ahead of the report by part of an entry.
  const scale = logged > total.bytes ? total.bytes / logged : 1;
  return {
    times: [...times, end],
    bytes: [...bytes.map((value) => Math.min(value * scale, total.bytes)), total.bytes],
  };
}

/** The curve of a guest of which only the beginning is known: it moves as much at any time. */
export function steadyCurve(
  start: number,
  { bytes, runtime }: { bytes: number; runtime: number },
): ProgressCurve {
  if (!Number.isFinite(start)) throw new Error("fio's bandwidth log is empty");
  return { times: [start, start + runtime], bytes: [0, bytes] };
}

/** Bytes moved up to `time`. */
export function bytesAt({ times, bytes }: ProgressCurve, time: number): number {
  const after = firstFrom(times, time);
  if (after === 0) return bytes[0] ?? 0;
  if (after === times.length) return bytes.at(-1) ?? 0;
  const [t0, t1] = [times[after - 1] ?? 0, times[after] ?? 0];
  const [b0, b1] = [bytes[after - 1] ?? 0, bytes[after] ?? 0];
  return time === t1 ? b1 : b0 + ((b1 - b0) * (time - t0)) / (t1 - t0);
}

/** Index of the first of ascending times that is not before `time`; their number if all are. */
function firstFrom(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The interval in which all of them run; undefined if there is none, or no curve. */
export function commonInterval(
  curves: readonly ProgressCurve[],
): { start: number; end: number } | undefined {
  const start = Math.max(...curves.map(({ times }) => times[0] ?? Infinity));
  const end = Math.min(...curves.map(({ times }) => times.at(-1) ?? -Infinity));
  return curves.length > 0 && end > start ? { start, end } : undefined;
}

/** Bytes a second that all of them move together between `start` and `end`. */
export function summedThroughput(
  curves: readonly ProgressCurve[],
  start: number,
  end: number,
): number {
  const moved = curves.map((curve) => bytesAt(curve, end) - bytesAt(curve, start));
  return moved.reduce((sum, bytes) => sum + bytes, 0) / (end - start);
}

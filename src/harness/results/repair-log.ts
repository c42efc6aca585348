import {
  closeSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { brokenLine, loggedTrials, parseLine } from './read-trials.ts';
import type { Trial } from './schema.ts';
import { wholeLines, type Line } from './whole-lines.ts';

/** A part of a file, in bytes. */
interface Range {
  start: number;
  end: number;
}

/**
 * Takes out of `trials.ndjson` a last line that is cut off and the trials that do not count; returns
 * the rest.
 * @throws UserError if another line is broken
 */
export function repairTrials(path: string, counts: (trial: Trial) => boolean): Trial[] {
  const kept: Trial[] = [];
  const ranges = new Ranges();
  for (const { trial, line } of loggedTrials(path)) {
    if (!counts(trial)) continue;
    kept.push(trial);
    ranges.add(line);
  }
  keepOnly(path, ranges.all);
  return kept;
}

/**
 * Takes out of `samples.ndjson` or `events.ndjson` a last line that is cut off and the lines of
 * trials that do not count. What is kept stays as it is, byte for byte.
 * @throws UserError if another line is broken
 */
export function repairLines(path: string, counts: (trial: number) => boolean): void {
  const ranges = new Ranges();
  for (const line of wholeLines(path)) if (counts(trialOf(line, path))) ranges.add(line);
  keepOnly(path, ranges.all);
}

function trialOf(line: Line, path: string): number {
  const content = parseLine(line, path);
  if (typeof content === 'object' && content !== null && 'trial' in content) {
    if (typeof content.trial === 'number') return content.trial;
  }
  throw brokenLine(path, line, 'an object with the number of its trial');
}

/** Lines that follow each other make one range. */
class Ranges {
  readonly all: Range[] = [];

  add({ start, end }: Range): void {
    const last = this.all.at(-1);
    if (last?.end === start) last.end = end;
    else this.all.push({ start, end });
  }
}

/** Most often only the end goes, or nothing at all; else a new file takes the place of the old. */
function keepOnly(path: string, ranges: readonly Range[]): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const [first = { start: 0, end: 0 }, ...others] = ranges;
  if (first.start > 0 || others.length > 0) rewrite(path, ranges);
  else if (first.end < size) truncateSync(path, first.end);
}

function rewrite(path: string, ranges: readonly Range[]): void {
  const next = `${path}.next`;
  const from = openSync(path, 'r');
  try {
    const to = openSync(next, 'w', statSync(path).mode);
    try {
      for (const range of ranges) copyRange(from, to, range);
      fsyncSync(to);
    } finally {
      closeSync(to);
    }
    renameSync(next, path);
  } finally {
    closeSync(from);
    rmSync(next, { force: true });
  }
}

function copyRange(from: number, to: number, { start, end }: Range): void {
  const buffer = Buffer.allocUnsafe(Math.min(end - start, 1 << 20));
  for (let at = start; at < end;) {
    const read = readSync(from, buffer, 0, Math.min(buffer.length, end - at), at);
    if (read === 0) throw new Error('the file became shorter while it was read');
    for (let done = 0; done < read;) done += writeSync(to, buffer, done, read - done);
    at += read;
  }
}

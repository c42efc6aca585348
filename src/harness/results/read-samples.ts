import { closeSync, readSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import { LineShapes } from './line-shapes.ts';
import { openDataFile } from './open-data-file.ts';
import { SampleColumns } from './sample-columns.ts';
import { sampleSchema } from './schema.ts';

const chunkBytes = 1 << 20;
const newline = 10;

/** All samples of a run, grouped by what they have in common. */
export interface Samples {
  groups: SampleColumns[];
  count: number;
  /** What was tolerated while reading. */
  warnings: string[];
}

/**
 * Reads `samples.ndjson` into columns, one group for each distinct combination of metric, arm and
 * dimensions. A line is parsed and checked against the schema when its shape (everything except its
 * numbers) is new; further lines of that shape are only compared with it byte by byte.
 *
 * A last line without its newline is what a killed writer leaves: it is ignored, with a warning.
 * A file that is not there has no samples.
 * @throws UserError naming file and line if another line is no sample, or the file if it cannot be opened
 */
export function readSamples(path: string): Samples {
  const reader = new SampleReader(path);
  const file = openDataFile(path);
  if (file === undefined) return reader.end(0);
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes);
    let kept = 0;
    for (;;) {
      if (kept === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(kept)]);
      const read = readSync(file, buffer, kept, buffer.length - kept, null);
      if (read === 0) break;
      const end = kept + read;
      const rest = reader.lines(buffer, end);
      buffer.copyWithin(0, rest, end);
      kept = end - rest;
    }
    return reader.end(kept);
  } finally {
    closeSync(file);
  }
}

class SampleReader {
  readonly #path: string;
  readonly #groups = new Map<string, SampleColumns>();
  readonly #shapes = new LineShapes();
  #line = 0;
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes all whole lines of `buffer[0, end)`; returns where the unfinished one begins. */
  lines(buffer: Buffer, end: number): number {
    const words = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    let start = 0;
    for (;;) {
      const stop = buffer.indexOf(newline, start);
      if (stop === -1 || stop >= end) return start;
      this.#line++;
      if (!this.#shapes.add(buffer, words, start, stop)) {
        this.#parse(buffer.toString('utf8', start, stop));
      }
      this.#count++;
      start = stop + 1;
    }
  }

  end(unfinished: number): Samples {
    const where = `${this.#path}:${this.#line + 1}`;
    const warnings =
      unfinished === 0 ? [] : [`${where}: the last line is cut off (killed writer); ignored`];
    return { groups: [...this.#groups.values()], count: this.#count, warnings };
  }

  #parse(text: string) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      throw this.#broken(`expected one sample as JSON, got ${excerpt(text)}`, error);
    }
    const checked = sampleSchema.safeParse(parsed);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
      const why = `${where}${issue?.message ?? 'invalid'}`;
      throw this.#broken(`expected a sample, got ${excerpt(text)} (${why})`, checked.error);
    }
    const sample = checked.data;
    const key = SampleColumns.key(sample);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = new SampleColumns(sample)));
    group.add(sample.value, sample.at, sample.trial, sample.guest ?? -1, sample.iteration ?? -1);
    if (text === JSON.stringify(parsed)) {
      this.#shapes.learn(parsed as Record<string, unknown>, group);
    }
  }

  #broken(message: string, cause: unknown): UserError {
    return new UserError(
      {
        where: `${this.#path}:${this.#line}`,
        message,
        remedy: 'Remove that line to report on the rest, or take the folder from its source again.',
      },
      { cause },
    );
  }
}

function excerpt(line: string): string {
  const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
  return shown === '' ? 'an empty line' : JSON.stringify(shown);
}

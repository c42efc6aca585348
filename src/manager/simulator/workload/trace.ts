import { UserError, type Problem } from '../../../base/errors.ts';
import type { Workload } from './workload.ts';

/** The load of subjects at moments, as a file has it. */
export interface Trace {
  /** Names in the order of their first line: the first is subject 0. */
  readonly subjects: readonly string[];
  /** For each subject its moments in seconds, ascending, and the load from each on. */
  readonly changes: readonly { readonly at: Float64Array; readonly load: Float64Array }[];
}

const header = 'time,guest,load';
const most = 20;

/**
 * Reads a trace in CSV: the header `time,guest,load`, then a line for each change: seconds from the
 * start, ascending for each guest; a name; load as a multiple of what the guest has set aside.
 * @param where the file, for messages
 * @throws UserError with every bad line, at most 20, each with its position; a last line without its
 *   newline has been cut off
 */
export function readTrace(text: string, where: string): Trace {
  const problems: Problem[] = [];
  const bad = (line: number, column: number, message: string, remedy?: string) =>
    problems.push({
      where: `${where}:${line}:${column}`,
      message,
      ...(remedy !== undefined && { remedy }),
    });
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const last = lines.pop() ?? '';
  if (last !== '') {
    bad(lines.length + 1, last.length + 1, 'expected a newline, got the end of the file', cutOff);
  }
  if (lines[0] !== header) {
    const got = lines[0] === undefined ? 'nothing' : JSON.stringify(excerpt(lines[0]));
    bad(1, 1, `expected the header ${header}, got ${got}`);
  }
  const changes = new Map<string, { at: number[]; load: number[] }>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || problems.length >= most) continue;
    const number = index + 1;
    const fields = line.split(',');
    const [time = '', guest = '', load = ''] = fields;
    if (fields.length !== 3 || guest === '') {
      bad(number, 1, `expected ${header}, got ${JSON.stringify(excerpt(line))}`);
      continue;
    }
    const at = numberOf(time);
    const level = numberOf(load);
    if (at === undefined) bad(number, 1, `time: expected seconds from 0 on, got "${time}"`);
    if (level === undefined) {
      const column = time.length + guest.length + 3;
      bad(number, column, `load: expected a number from 0 on, got "${load}"`);
    }
    if (at === undefined || level === undefined) continue;
    const known = changes.get(guest) ?? { at: [], load: [] };
    const before = known.at.at(-1);
    if (before !== undefined && before >= at) {
      bad(number, 1, `time: expected more than the ${before} s of ${guest} before, got ${at}`);
      continue;
    }
    known.at.push(at);
    known.load.push(level);
    changes.set(guest, known);
  }
  if (problems.length === 0 && changes.size === 0) {
    bad(2, 1, 'expected at least one line behind the header, got none');
  }
  if (problems.length > 0) throw new UserError(problems);
  return {
    subjects: [...changes.keys()],
    changes: [...changes.values()].map(({ at, load }) => ({
      at: Float64Array.from(at),
      load: Float64Array.from(load),
    })),
  };
}

const cutOff = 'The file was cut off: take it from its source again.';

/**
 * A workload that repeats a trace; where there are more subjects than in the trace, they take its
 * lines in turn. Before its first line a subject has no load.
 */
export function traceWorkload({ changes }: Trace): Workload {
  const next = new Map<number, number>();
  const own = (subject: number) => changes[subject % changes.length] as (typeof changes)[number];
  return {
    level(subject, now) {
      const { at, load } = own(subject);
      let index = next.get(subject) ?? 0;
      while (index < at.length && (at[index] as number) <= now) index++;
      next.set(subject, index);
      return index === 0 ? 0 : (load[index - 1] as number);
    },
    wait(subject, now) {
      const at = own(subject).at[next.get(subject) ?? 0];
      return at === undefined ? Infinity : at - now;
    },
  };
}

function numberOf(text: string): number | undefined {
  if (!/^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function excerpt(line: string): string {
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

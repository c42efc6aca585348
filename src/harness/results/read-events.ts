import { join } from 'node:path';
import { brokenLine, parseLine } from './read-trials.ts';
import { eventSchema, type Event } from './schema.ts';
import { wholeLines } from './whole-lines.ts';

/** What the writer begins every line with. */
const start = /^\{"trial":(\d+),/;

/**
 * The events of some trials, in the order of `events.ndjson` of a run folder, read line by line: there
 * may be millions. Lines of other trials are passed over unread, a last line that is cut off too; a
 * file that is not there has no events.
 * @param names of the events to read; all by default. Others are passed over unread as well.
 * @throws UserError naming the line if one of these is no event
 */
export function* readEvents(
  folder: string,
  trials: ReadonlySet<number>,
  names?: readonly string[],
): Generator<Event> {
  if (trials.size === 0) return;
  const marks = names?.map((name) => `"event":${JSON.stringify(name)}`);
  const path = join(folder, 'events.ndjson');
  for (const line of wholeLines(path)) {
    const [, number] = start.exec(line.text) ?? [];
    if (number !== undefined && !trials.has(Number(number))) continue;
    if (marks?.every((mark) => !line.text.includes(mark)) === true) continue;
    const { data, error } = eventSchema.safeParse(parseLine(line, path));
    if (error !== undefined) {
      const [issue] = error.issues;
      throw brokenLine(path, line, `an event (${issue?.path.join('.')}: ${issue?.message})`);
    }
    if (trials.has(data.trial) && names?.includes(data.event) !== false) yield data;
  }
}

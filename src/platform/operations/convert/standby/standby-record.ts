import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../../base/errors.ts';
import { writeSynced } from '../../../write-synced.ts';

const standbySchema = z.strictObject({
  version: z.literal(1),
  /** Whether every write that the machine had acknowledged was on the target, when it was looked last. */
  inStep: z.boolean(),
  /** When that was, in milliseconds since 1970. */
  seenAt: z.number(),
  /** Name under which the target serves the disk by NBD: who holds it. */
  exportName: z.string(),
  /** Why it is not in step any more. */
  reason: z.string().exactOptional(),
});
/** What a later process needs to know of a copy that is kept in step. */
export type StandbyRecord = z.infer<typeof standbySchema>;

const fileIn = (folder: string) => join(folder, 'standby.json');

/** Keeps it beside the record of the conversion; on stable storage when it returns. */
export function writeStandby(folder: string, record: StandbyRecord): void {
  writeSynced(fileIn(folder), `${JSON.stringify(standbySchema.parse(record), null, 2)}\n`);
}

/** @throws UserError if there is none, or it cannot be read */
export function readStandby(folder: string): StandbyRecord {
  const path = fileIn(folder);
  const fail = (message: string, cause?: unknown) =>
    new UserError(
      { where: path, message, remedy: 'Keep one: virtgauge p2v convert --standby.' },
      { cause },
    );
  if (!existsSync(path)) throw fail('expected a copy that is kept in step, there is none');
  try {
    return standbySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw fail('expected the record of a copy, got one that cannot be read', cause);
  }
}

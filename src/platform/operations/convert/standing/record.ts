import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../../base/errors.ts';
import { hostEntrySchema } from '../../../remote/inventory/schema.ts';
import { writeSynced } from '../../../write-synced.ts';

/** What a later process needs to find both ends of a native switch again. */
const recordSchema = z.strictObject({
  version: z.literal(1),
  method: z.literal('native-switch'),
  source: hostEntrySchema,
  /** How the VMM is reached; its keys lie beside the record. */
  vmm: hostEntrySchema,
  /** What of the source holds the tombstone. */
  bootPath: z.strictObject({
    config: z.string(),
    folder: z.string(),
    disk: z.string(),
    tombstoneAt: z.int().nonnegative(),
  }),
  target: z.strictObject({
    host: hostEntrySchema,
    /** Of the guest's sockets. */
    run: z.string(),
  }),
});
export type SwitchRecord = z.infer<typeof recordSchema>;

const fileIn = (folder: string) => join(folder, 'conversion.json');

/** Keeps a record in the folder of its conversion; on stable storage when it returns. */
export function writeRecord(folder: string, record: SwitchRecord): void {
  writeSynced(fileIn(folder), `${JSON.stringify(recordSchema.parse(record), null, 2)}\n`);
}

/** @throws UserError if the folder has no record, or one of another version */
export function readRecord(folder: string): SwitchRecord {
  const path = fileIn(folder);
  let cause: unknown;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    cause = error;
  }
  const message = `expected the record of a conversion, got none that can be read`;
  throw new UserError({ where: path, message }, { cause });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../../base/errors.ts';
import { hostEntrySchema } from '../../../remote/inventory/schema.ts';
import { writeSynced } from '../../../write-synced.ts';
import { guestSpecSchema } from './guest-spec.ts';

/** What a later process needs to find both ends of a conversion again. */
const recordSchema = z.strictObject({
  version: z.literal(2),
  method: z.enum(['offline', 'warm', 'native-switch', 'warm-switch']),
  source: hostEntrySchema,
  /** How the system that takes the machine over is reached; its keys lie beside the record. */
  vmm: hostEntrySchema,
  /** What of the source holds the tombstone. */
  bootPath: z.strictObject({
    config: z.string(),
    folder: z.string(),
    disk: z.string(),
    tombstoneAt: z.int().nonnegative(),
    token: z.string().exactOptional(),
  }),
  /** Bytes of its disk. */
  diskBytes: z.int().positive(),
  /** The machine as a guest of the VMM; absent: the method has none there. */
  guest: guestSpecSchema.exactOptional(),
  target: z.strictObject({ host: hostEntrySchema, guest: guestSpecSchema }),
  /** It was handed over: the tombstone is set, and only the target has everything. */
  committed: z.literal(true).exactOptional(),
});
export type ConversionRecord = z.infer<typeof recordSchema>;

const fileIn = (folder: string) => join(folder, 'conversion.json');

/** Keeps a record in the folder of its conversion; on stable storage when it returns. */
export function writeRecord(folder: string, record: ConversionRecord): void {
  writeSynced(fileIn(folder), `${JSON.stringify(recordSchema.parse(record), null, 2)}\n`);
}

/** Keeps that a machine was handed over, or that it was taken back. */
export function recordCommitted(folder: string, committed: boolean): void {
  const { committed: was, ...record } = readRecord(folder);
  if ((was ?? false) !== committed)
    writeRecord(folder, { ...record, ...(committed && { committed }) });
}

/** @throws UserError if the folder has no record, or one of another version */
export function readRecord(folder: string): ConversionRecord {
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

import { existsSync, readFileSync, rmSync } from 'node:fs';
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
  /**
   * The target was told to run the machine from it: from then on it has the newest disk. With the most
   * that may be missing, in seconds of acknowledged writes.
   */
  tookOver: z.strictObject({ lostAtMost: z.number() }).exactOptional(),
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

/** From now on the source has the newer disk, whatever comes: no copy of before is started any more. */
export function standbyEnded(folder: string, reason: string): void {
  const known = knownStandby(folder);
  if (known === undefined) return;
  const { version, seenAt, exportName } = known;
  writeStandby(folder, { version, inStep: false, seenAt, exportName, reason });
}

/** Another conversion begins in the folder, which is on record from then on. */
export function forgetStandby(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}

/** The target is told to run the machine from its copy: from now on it has the newer disk. */
export function standbyTookOver(folder: string, lostAtMost: number): void {
  const known = knownStandby(folder);
  if (known === undefined) return;
  const reason = 'the target took over';
  writeStandby(folder, { ...known, inStep: false, reason, tookOver: { lostAtMost } });
}

/** Undefined where no copy was ever kept. @throws UserError if it cannot be read */
export function knownStandby(folder: string): StandbyRecord | undefined {
  return existsSync(fileIn(folder)) ? readStandby(folder) : undefined;
}

/** Whether the machine may be started from it on the target. */
export function mayTakeOver({ inStep, tookOver }: StandbyRecord): boolean {
  return inStep || tookOver !== undefined;
}

/** The most that is missing on the target, in seconds of acknowledged writes before now. */
export function lostAtMost({ seenAt, tookOver }: StandbyRecord): number {
  return tookOver?.lostAtMost ?? Math.max(0, (Date.now() - seenAt) / 1000);
}

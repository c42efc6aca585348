/** A write that the write witness has completed. */
export interface WitnessedWrite {
  sequence: number;
  /** Seconds since the guest's kernel started: the guest's clock, which stands still while it is paused. */
  completedAt: number;
}

const entrySize = 16;

/**
 * What `vg-guest witness --log FILE` has kept: the last writes, in order of their numbers. It may be
 * read while the witness writes.
 */
export function parseWitnessLog(log: Buffer): WitnessedWrite[] {
  const writes: WitnessedWrite[] = [];
  for (let at = 0; at + entrySize <= log.length; at += entrySize) {
    const sequence = Number(log.readBigUInt64LE(at));
    if (sequence === 0) continue;
    writes.push({ sequence, completedAt: Number(log.readBigUInt64LE(at + 8)) / 1e9 });
  }
  return writes.sort((a, b) => a.sequence - b.sequence);
}

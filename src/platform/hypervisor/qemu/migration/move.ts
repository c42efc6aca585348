import type { MigrationMethod, Permit } from '../../migration.ts';
import type { DiskCopy } from './disk-copy.ts';
import type { End } from './end.ts';
import type { Handover } from './handover.ts';
import type { MigrationLimits } from './limits.ts';

/** What a migration is made of. */
export interface Move {
  source: End;
  target: End;
  /** Where the target listens, as QEMU writes it. */
  uri: string;
  method: MigrationMethod;
  mirror: DiskCopy | undefined;
  limits: MigrationLimits;
  handover: Handover;
  permit?: Permit | undefined;
}

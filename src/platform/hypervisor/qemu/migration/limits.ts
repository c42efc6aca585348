import { patienceWith } from '../../../remote/patience.ts';

/** How long each wait of a migration may be, in seconds. */
export interface MigrationLimits {
  /** For the answer of a monitor. */
  answer: number;
  /** Without any sign that something moves; longer than TCP needs to recover from a cut of 3 s. */
  silence: number;
  /** For QEMU to end a migration that is given up. */
  end: number;
  /** Between two looks at the counters. */
  look: number;
}

export const usualLimits: MigrationLimits = { answer: 10, silence: 20, end: 10, look: 0.1 };

/** Those of a migration between some hosts, of which emulated ones take longer. */
export function limitsBetween(
  hosts: readonly { emulated?: boolean | undefined }[],
): MigrationLimits {
  const { answer, silence, end, look } = usualLimits;
  return {
    answer: patienceWith(hosts, answer),
    silence: patienceWith(hosts, silence),
    end: patienceWith(hosts, end),
    look,
  };
}

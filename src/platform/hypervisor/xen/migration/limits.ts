/** How long each wait of a migration may be, in seconds; a dom0 that is emulated takes long. */
export interface MigrationLimits {
  /** For the answer of one command. */
  answer: number;
  /** From the end of the method's time, or of the last line after that, until xl is given up. */
  end: number;
  /** For both ends to come to rest after a failure. */
  settle: number;
}

export const usualLimits: MigrationLimits = { answer: 30, end: 45, settle: 20 };

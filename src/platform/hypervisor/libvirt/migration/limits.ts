/** How long each wait of a migration may be, in seconds. */
export interface MigrationLimits {
  /** For libvirt's answer to a question. */
  answer: number;
  /**
   * From the end of the method's time, or from the last sign that something moves after the
   * switchover, until virsh is given up: libvirt itself takes 30 s to give up a host.
   */
  end: number;
  /** For libvirt to put things in order after a failure. */
  settle: number;
  /** Between two looks at the counters; each is a program that is started. */
  look: number;
}

export const usualLimits: MigrationLimits = { answer: 10, end: 60, settle: 10, look: 0.5 };

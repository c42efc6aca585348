/**
 * Who may run the guest: decided once, so that two copies never can. The target waits for `cont`,
 * which is sent only by whoever gets true from `toTarget`; the source is brought back only by
 * whoever gets true from `toSource`.
 */
export class Handover {
  #to: 'nobody' | 'source' | 'target' = 'nobody';

  /** True, once, unless the source has been kept. */
  toTarget(): boolean {
    if (this.#to !== 'nobody') return false;
    this.#to = 'target';
    return true;
  }

  /** True unless the target has been let go. */
  toSource(): boolean {
    if (this.#to === 'target') return false;
    this.#to = 'source';
    return true;
  }

  /** The target's QEMU answered that it cannot run the guest. */
  refused(): void {
    if (this.#to === 'target') this.#to = 'nobody';
  }
}

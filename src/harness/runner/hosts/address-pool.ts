import { UserError } from '../../../base/errors.ts';

/** Addresses for guests on bridges: each is with one guest at a time. */
export class AddressPool {
  readonly #free: string[];
  readonly #size: number;

  /** @param addresses such as `10.77.0.64/24` */
  constructor(addresses: readonly string[]) {
    this.#free = [...addresses];
    this.#size = addresses.length;
  }

  /** How many there are in all. */
  get size(): number {
    return this.#size;
  }

  /**
   * The address that has lain idle longest: other machines may remember whose it was.
   * @throws UserError if all are taken
   */
  take(): string {
    const address = this.#free.shift();
    if (address !== undefined) return address;
    throw new UserError({
      message: `guests.addresses: expected an address for every guest at once, all ${this.#size} are taken`,
      remedy: 'Widen the range in the inventory, or use fewer guests or a smaller --parallel.',
    });
  }

  /** Gives it back. */
  free(address: string): void {
    this.#free.push(address);
  }
}

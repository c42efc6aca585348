/**
 * Lets dear work through one at a time, and for half of the time at most: where a thousand hosts begin
 * at once, those that have begun are still answered, and nobody waits until he gives up.
 */
export class Turnstile {
  readonly #now: () => number;
  #inside = false;
  #opensAt = -Infinity;

  /** @param now any clock that does not go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  opens(): boolean {
    return !this.#inside && this.#now() >= this.#opensAt;
  }

  /** To be called only where it opens. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    const began = this.#now();
    this.#inside = true;
    try {
      return await work();
    } finally {
      this.#inside = false;
      this.#opensAt = 2 * this.#now() - began;
    }
  }
}

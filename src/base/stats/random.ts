import { createHash } from 'node:crypto';
import { xoshiro128 } from './xoshiro128.ts';

/** A source of random numbers that gives the same numbers for the same seed on every machine. */
export interface Random {
  /** Uniform in [0, 1), with 53 random bits. */
  next(): number;
  /** Whole, uniform without bias in [0, below); `below` is whole, from 1 to 2³². */
  integer(below: number): number;
  /** A new array with the same items; every order is equally likely. */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * An independent stream. It depends on the seed and the name alone, not on how many numbers were
   * drawn before: a new consumer does not change what the others get.
   */
  fork(name: string): Random;
}

/** A xoshiro128** generator whose state is taken from the SHA-256 of the seed. */
export function seededRandom(seed: string): Random {
  return fromKey(createHash('sha256').update(seed).digest());
}

function fromKey(key: Buffer): Random {
  const word = xoshiro128([
    key.readUInt32LE(0),
    key.readUInt32LE(4),
    key.readUInt32LE(8),
    key.readUInt32LE(12),
  ]);

  function integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
      throw new RangeError(`integer: expected a whole number from 1 to 2^32, got ${below}`);
    }
    if (below === 1) return 0;
    // As many bits as needed, drawn again while too large: a remainder would favour small numbers.
    const mask = 0xffffffff >>> Math.clz32(below - 1);
    let drawn: number;
    do drawn = (word() & mask) >>> 0;
    while (drawn >= below);
    return drawn;
  }

  return {
    next: () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53,
    integer,
    shuffle<T>(items: readonly T[]): T[] {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const chosen = integer(last + 1);
        [shuffled[last], shuffled[chosen]] = [shuffled[chosen] as T, shuffled[last] as T];
      }
      return shuffled;
    },
    fork: (name) => fromKey(createHash('sha256').update(key).update(name).digest()),
  };
}

import { z } from 'zod';
import { namePattern, nameRule } from '../name.ts';
import { parseRate } from '../bit-rate.ts';
import { parseBytes, parseDuration } from '../units.ts';

const number = String.raw`^\s*\d+(\.\d+)?\s*`;
const sizeText = new RegExp(`${number}(B|[kMGT]B|[KMGT]iB)?\\s*$`);
const durationText = new RegExp(`${number}(ms|s|m|min|h)?\\s*$`);

/** A whole number of bytes above 0, written as `64MiB`, `4kB` or a plain number. */
export const bytes = quantity({
  parse: parseBytes,
  text: sizeText,
  expected: 'a size above 0 such as 64MiB or 4096',
  accepts: (value) => value >= 1 && Number.isSafeInteger(Math.round(value)),
}).transform(Math.round);

/** Bytes a second above 0, written as `100Mbit`, `1Gbit/s`, `12MB/s` or a plain number. */
export const rate = quantity({
  parse: parseRate,
  text: new RegExp(`${number}([kMG]?bit|B|[kMGT]B|[KMGT]iB)?(/s)?\\s*$`),
  expected: 'a rate above 0 such as 100Mbit or 12MB/s',
  accepts: (value) => value >= 1 && Number.isSafeInteger(Math.round(value)),
}).transform(Math.round);

const leastMemory = 16 * 2 ** 20;

/** Bytes of memory. The floor catches a forgotten unit: `memory: 512` would mean 512 bytes. */
export const memory = quantity({
  parse: parseBytes,
  text: sizeText,
  expected: 'a size from 16MiB on such as 256MiB',
  accepts: (value) => value >= leastMemory && Number.isSafeInteger(Math.round(value)),
}).transform(Math.round);

const day = 24 * 3600;

/** Seconds above 0, written as `250ms`, `2h` or a plain number. */
export const duration = quantity({
  parse: parseDuration,
  text: durationText,
  expected: 'a duration above 0, at most 24h, such as 250ms, 30s or 2h',
  accepts: (value) => value > 0 && value <= day,
});

/** What may name a storage, a host, a job. */
export const identifier = z.string().regex(namePattern, `expected ${nameRule}`);

/** A name that is a key of a mapping whose order counts: JavaScript sorts keys that are numbers. */
export const orderedIdentifier = identifier.regex(
  /\D/,
  'expected a name with at least one letter, ".", "_" or "-"',
);

/** What the operating system may take for a path. */
export const path = z.string().regex(/^[^\0]+$/, 'expected a path');

interface Quantity {
  parse: (text: string) => number | undefined;
  /** The texts that `parse` understands, for editors. */
  text: RegExp;
  expected: string;
  accepts: (value: number) => boolean;
}

function quantity({ parse, text, expected, accepts }: Quantity) {
  const error = `expected ${expected}`;
  return z
    .union([z.number().positive({ error }), z.string().regex(text, { error })], { error })
    .transform((value, context) => {
      const parsed = typeof value === 'number' ? value : parse(value);
      if (parsed !== undefined && Number.isFinite(parsed) && accepts(parsed)) return parsed;
      context.addIssue({ code: 'custom', message: error, input: value });
      return z.NEVER;
    });
}

import { z } from 'zod';
import { parseBytes, parseDuration } from '../../base/units.ts';

/** A whole number of bytes above 0, written as `64MiB`, `4kB` or a plain number. */
export const bytes = quantity(
  parseBytes,
  'a size above 0 such as 64MiB or 4096',
  (value) => value >= 1 && Number.isSafeInteger(Math.round(value)),
).transform(Math.round);

/** Seconds above 0, written as `250ms`, `2h` or a plain number. */
export const duration = quantity(
  parseDuration,
  'a duration above 0 such as 250ms, 30s or 2h',
  (value) => value > 0,
);

/** What may name a storage, a host, a job: it ends up in file names and command lines. */
export const identifier = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    'expected a name of 1 to 63 letters, digits, ".", "_" or "-" that starts with a letter or digit',
  );

function quantity(
  parse: (text: string) => number | undefined,
  expected: string,
  accepts: (value: number) => boolean,
) {
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const number = typeof value === 'number' ? value : parse(value);
    if (number !== undefined && Number.isFinite(number) && accepts(number)) return number;
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: value });
    return z.NEVER;
  });
}

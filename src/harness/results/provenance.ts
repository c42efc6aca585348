import { z } from 'zod';

/** The factor that tells imported systems from each other and from what was measured. */
export const systemFactor = 'system';

/** One line or several, without what controls a terminal or turns the direction of text. */
const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'expected a text that is not empty')
    .max(most, `expected at most ${most} characters`)
    .regex(/^[^\p{Cf}\p{Cs}]*$/u, 'expected a text without invisible characters')
    .refine((value) => !/[^\P{Cc}\n\t]/u.test(value), 'expected a text without control characters');

/**
 * Who measured what was not measured here, on what, and when: as declared by whoever brought it, not
 * checked by anybody.
 */
export const provenanceSchema = z.strictObject({
  /** What was measured: `VMware ESX Server`. */
  system: text(200),
  version: text(200),
  /** Processors, memory, disks, network, as far as told. */
  hardware: text(1000),
  measuredBy: text(500),
  /** Year, month or day. */
  measuredAt: z
    .string()
    .regex(
      /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/,
      'expected a year, month or day such as "2008", "2008-05" or "2008-05-17"',
    ),
  /** Address or publication. */
  source: text(2000),
  notes: text(10_000).optional(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** The provenance of what was imported, and the files that it came in. */
export const importedSchema = provenanceSchema.extend({
  /** Id of the run that it came from, where it is joined to another. */
  run: z.string().optional(),
  /** Below `artifacts/`, with the SHA-256 of each. */
  files: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
});

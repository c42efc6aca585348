import { z } from 'zod';
import { identifier } from '../../../base/yaml/quantities.ts';

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'expected a text that is not empty')
    .max(most, `expected at most ${most} characters`)
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u, 'expected one line without invisible characters');

/** Half width of the range around 1 in which a claim takes two figures as equal, by default. */
export const defaultClaimMargin = 0.05;

const margin = z
  .union([
    z.number().min(0).lt(1),
    z
      .string()
      .regex(/^\d{1,2}(\.\d+)?%$/, 'expected a share such as 0.05 or 5%')
      .transform((text) => Number(text.slice(0, -1)) / 100),
  ])
  .default(defaultClaimMargin);

/** A statement of a publication (or of anybody), in a form that a run can test. */
export const claimSchema = z.strictObject({
  name: identifier.describe('What tables call it.'),
  source: line(300).describe('Publication, and where in it.'),
  words: line(500).describe("The source's own words, in short."),
  status: z
    .enum(['quantified', 'directional', 'not specified'])
    .describe(
      'quantified: the source names a figure. directional: it says only which way. not specified: it says less than that, and the condition is a reading of it.',
    ),
  reconstructed: line(500)
    .optional()
    .describe('What of the condition does not stand in the source.'),
  margin: margin.describe(
    'Half width of the range around 1 in which two figures count as equal: 0.05 or 5%. 0: only the condition itself counts.',
  ),
  condition: line(1000).describe(
    'What has to hold, such as: creation.total(storage=shared) < creation.total(storage=local). See docs/claims.md.',
  ),
  requires: z
    .record(identifier, z.string())
    .optional()
    .describe('Storage → kind that it must be of, such as shared: lustre.'),
  tolerates: z
    .array(z.enum(['emulation', 'stand-in']))
    .max(2)
    .optional()
    .describe('What does not touch the claim. By default both make it not testable.'),
});
export type Claim = z.infer<typeof claimSchema>;

export const claimsSchema = z
  .array(claimSchema)
  .max(200)
  .describe('What the measurement shall confirm or refute: virtgauge claims says which.');

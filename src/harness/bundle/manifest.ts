import { z } from 'zod';

/** `bundle.json`: what a bundle holds. */
export const manifestSchema = z.strictObject({
  bundle: z.literal(1),
  /** Id of the run. */
  run: z.string(),
  /** The virtgauge that has made the bundle and the report in it, with its commit. */
  virtgauge: z.string(),
  /** Path → SHA-256, in the order of the archive. */
  files: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;

import type { z } from 'zod';
import { eventSchema, sampleSchema, trialSchema } from './schema.ts';
import type { Event, Sample, Trial } from './schema.ts';

/** One line of JSON with its newline. */
export function trialLine(trial: Trial): string {
  return lineOf(trialSchema, trial, () => `trial ${trial.trial}`);
}

/** One line of JSON for each sample, with its newline. */
export function sampleLines(samples: readonly Sample[], { trial }: Trial): string {
  return samples
    .map((sample) => {
      const name = () => `sample ${sample.metric} of trial ${trial}`;
      if (sample.trial !== trial) throw new Error(`${name()}: belongs to trial ${sample.trial}`);
      return lineOf(sampleSchema, sample, name);
    })
    .join('');
}

/** One line of JSON for each event, with its newline. */
export function eventLines(events: readonly Event[], { trial }: Trial): string {
  return events
    .map((event) => {
      const name = () => `event ${event.event} of trial ${trial}`;
      if (event.trial !== trial) throw new Error(`${name()}: belongs to trial ${event.trial}`);
      return lineOf(eventSchema, event, name);
    })
    .join('');
}

/**
 * What is written goes through the schema that reads it: JSON would turn a NaN or an infinity into
 * null without a word.
 */
function lineOf<T>(schema: z.ZodType<T>, value: T, name: () => string): string {
  const { error } = schema.safeParse(value);
  if (error !== undefined) {
    const issues = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`${name()} cannot be recorded: ${issues.join('; ')}`);
  }
  return `${JSON.stringify(value)}\n`;
}

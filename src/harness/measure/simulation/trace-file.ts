import { readFileSync } from 'node:fs';
import { UserError } from '../../../base/errors.ts';
import { readTrace, type Trace } from '../../../manager/simulator/index.ts';
import type { Scenario } from '../../scenario/schema.ts';

const known = new Map<string, Trace>();

/**
 * The trace that a scenario names, read once; undefined where no arm repeats one.
 * @throws UserError if it cannot be read, or is none
 */
export function traceOf({ measure, fixed, factors }: Scenario): Trace | undefined {
  const path = measure.simulation?.load.trace;
  const levels = factors.workload ?? [fixed.workload];
  if (path === undefined || !levels.includes('trace')) return undefined;
  let trace = known.get(path);
  if (trace === undefined) known.set(path, (trace = readTrace(textOf(path), path)));
  return trace;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { message } = cause as Error;
    throw new UserError(
      {
        where: 'measure.simulation.load.trace',
        message: `expected a file that can be read, got ${path} (${message.split(',')[0] ?? ''})`,
        remedy: 'Name a CSV file with the header time,guest,load.',
      },
      { cause },
    );
  }
}

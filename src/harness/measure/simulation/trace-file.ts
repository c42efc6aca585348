import { readTrace, type Trace } from '../../../manager/simulator/index.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { readOnce } from './read-once.ts';

const read = readOnce(readTrace, 'Name a CSV file with the header time,guest,load.');

/**
 * The trace that a scenario names, read once; undefined where no arm repeats one.
 * @throws UserError if it cannot be read, or is none
 */
export function traceOf({ measure, fixed, factors }: Scenario): Trace | undefined {
  const path = measure.simulation?.load.trace;
  const levels = factors.workload ?? [fixed.workload];
  if (path === undefined || !levels.includes('trace')) return undefined;
  return read('measure.simulation.load.trace', path);
}

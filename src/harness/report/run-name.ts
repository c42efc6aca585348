import { isSimulated } from '../analysis/simulation/is-simulated.ts';
import type { Run } from '../results/schema.ts';
import { momentText } from './moment.ts';

/** What the report is headed with: the scenario's name. */
export function runName({ scenario, id }: Run): string {
  const name = scenario['name'];
  return typeof name === 'string' ? name : id;
}

/**
 * Which run it is, and when it was made. Of a simulation its seed says all: the same seed gives the
 * same report, whenever it is made.
 */
export function runFacts(run: Run): string[] {
  return isSimulated(run) ? [`seed ${run.seed}`] : [run.id, momentText(run.startedAt)];
}

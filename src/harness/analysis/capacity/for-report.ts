import type { Analysis } from '../analysis.ts';
import { isNumeric } from '../arms.ts';
import { type Capacity, capacityOf } from './capacity.ts';
import { jobsOf } from './figures.ts';
import { requestOf } from './request.ts';

/** Fewer numbers of guests fill no section of a report, unless the scenario states limits. */
const enoughLevels = 4;

/** The capacity of a run for its report: undefined where the run was not made to tell. */
export function capacityForReport(
  analysis: Pick<Analysis, 'run' | 'series'>,
): Capacity | undefined {
  const { run } = analysis;
  const guests = run.factors['guests'] ?? [];
  const wanted = run.scenario['limits'] === undefined ? enoughLevels : 2;
  if (guests.length < wanted || !isNumeric(guests) || jobsOf(analysis).length === 0) {
    return undefined;
  }
  return capacityOf(analysis, requestOf(analysis));
}

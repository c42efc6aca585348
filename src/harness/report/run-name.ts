import type { Run } from '../results/schema.ts';

/** What the report is headed with: the scenario's name. */
export function runName({ scenario, id }: Run): string {
  const name = scenario['name'];
  return typeof name === 'string' ? name : id;
}

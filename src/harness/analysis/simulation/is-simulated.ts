import type { Run } from '../../results/schema.ts';

/** Whether all that a run has was simulated: a simulation is measured alone. */
export function isSimulated({ scenario }: Pick<Run, 'scenario'>): boolean {
  const { measure } = scenario;
  return typeof measure === 'object' && measure !== null && 'simulation' in measure;
}

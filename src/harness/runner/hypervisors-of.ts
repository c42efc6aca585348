import type { Levels } from '../scenario/levels.ts';

/** What runs the guests of the arms, each once. */
export function hypervisorsOf(arms: readonly Pick<Levels, 'hypervisor'>[]): Levels['hypervisor'][] {
  return [...new Set(arms.map(({ hypervisor }) => hypervisor))];
}

import type { Gate } from '../analysis/gate/gate.ts';
import type { Run } from '../results/schema.ts';
import { shellWord } from './shell-word.ts';

/**
 * The command that measures the suspected arms again, with another seed; the run that it makes is then
 * given to the gate beside the first. Undefined without a suspicion.
 */
export function confirmCommand(run: Run, { rows }: Pick<Gate, 'rows'>): string | undefined {
  const suspected = rows.filter(({ verdict }) => verdict === 'regression').map(({ arm }) => arm);
  if (suspected.length === 0) return undefined;
  const filters = Object.entries(run.factors).flatMap(([factor, levels]) => {
    const own = levels.filter((level) => suspected.some((arm) => arm[factor] === level));
    return own.length === levels.length ? [] : [`${factor}=${own.join('|')}`];
  });
  return [
    ...['npx', 'virtgauge', 'run', run.source],
    ...run.overrides.flatMap((text) => ['--set', text]),
    ...(filters.length === 0 ? [] : ['--filter', filters.join(',')]),
  ]
    .map(shellWord)
    .join(' ');
}

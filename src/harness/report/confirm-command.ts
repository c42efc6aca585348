import type { Gate } from '../analysis/gate/gate.ts';
import type { Run } from '../results/schema.ts';
import { filterOption } from './filter-option.ts';
import { shellWord } from './shell-word.ts';

/**
 * The command that measures the suspected arms again, with another seed; the run that it makes is then
 * given to the gate beside the first. Undefined without a suspicion.
 */
export function confirmCommand(run: Run, { rows }: Pick<Gate, 'rows'>): string | undefined {
  const suspected = rows.filter(({ verdict }) => verdict === 'regression').map(({ arm }) => arm);
  if (suspected.length === 0) return undefined;
  const left = Object.entries(run.factors).map(([factor, levels]) => [
    factor,
    levels.filter((level) => suspected.some((arm) => arm[factor] === level)),
  ]);
  return [
    ...['npx', 'virtgauge', 'run', run.source],
    ...run.overrides.flatMap((text) => ['--set', text]),
    ...filterOption(run.factors, Object.fromEntries(left) as Run['factors']),
  ]
    .map(shellWord)
    .join(' ');
}

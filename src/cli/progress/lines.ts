import { armText as reportedArm } from '../../harness/analysis/arms.ts';
import { quantity } from '../../harness/analysis/quantity.ts';
import type { OnProgress } from '../../harness/runner/progress.ts';
import type { Arm, Sample, Trial } from '../../harness/results/schema.ts';

/** One line a trial on stderr, for logs. */
export function plainLines(
  write: (line: string) => void = (line) => console.error(line),
): OnProgress {
  let planned = 0;
  let done = 0;
  return (progress) => {
    if (progress.type === 'preparing') write(`preparing: ${progress.step}`);
    if (progress.type === 'planned') ({ trials: planned, done } = progress);
    if (progress.type === 'trial-ended') {
      done++;
      write(`${done}/${planned} ${trialLine(progress.trial, progress.samples)}`);
    }
  };
}

/** `completed local · clone · 4 guests: creation.total 3.42 s` */
export function trialLine({ state, arm, reason }: Trial, samples: readonly Sample[]): string {
  // A tool's own words may have several lines.
  const outcome = reason ? reason.message.replaceAll(/\s*\n\s*/g, ' | ') : headline(samples);
  const what = [state, armText(arm)].filter((part) => part !== '').join(' ');
  return outcome === '' ? what : `${what}: ${outcome}`;
}

/** `local · clone · 4 guests`, as in reports; empty where nothing is crossed. */
export function armText(arm: Arm): string {
  return Object.keys(arm).length === 0 ? '' : reportedArm(arm);
}

/** Of the observers of a migration the one that is quoted, and the one that counts. */
const told = new Set<string | undefined>(['hypervisor-reported', 'network']);

/** Whether a plain line tells such a sample. */
function isTold({ metric, value, observer }: Sample): boolean {
  if (metric === 'migration.downtime') return told.has(observer);
  if (metric.endsWith('.lost-writes')) return value > 0;
  return metric === 'p2v.downtime' || /\.(total|total-time|throughput)$/.test(metric);
}

/** The totals of a trial, the slowest guest counting. */
function headline(samples: readonly Sample[]): string {
  const totals = new Map<string, { value: number; unit: string }>();
  for (const { metric, value, unit, job, observer } of samples.filter(isTold)) {
    const dimension = job ?? (metric === 'migration.downtime' ? observer : undefined);
    const name = dimension === undefined ? metric : `${metric}[${dimension}]`;
    const before = totals.get(name);
    if (before === undefined || value > before.value) totals.set(name, { value, unit });
  }
  return [...totals]
    .map(([name, { value, unit }]) => `${name} ${quantity(value, unit)}`)
    .join(', ');
}

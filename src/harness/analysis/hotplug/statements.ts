import type { Run } from '../../results/schema.ts';
import { figureText, type Sentence } from '../answer.ts';
import { armPhrase } from '../arms.ts';
import { seriesOf, type SeriesResult } from '../series-result.ts';

/** An arm with its median. */
interface Place {
  arm: number;
  median: number;
}

/**
 * What is plugged fastest and slowest, where a call returns long before the guest sees what it did, and
 * what was refused; empty where nothing was plugged.
 */
export function hotplugSentences(run: Run, series: readonly SeriesResult[]): Sentence[] {
  const [effect] = seriesOf({ series }, 'hotplug.effect');
  const [called] = seriesOf({ series }, 'hotplug.return');
  if (effect === undefined || called === undefined) return [];
  const directions = run.factors['direction'] ?? [undefined];
  return [
    ...directions.flatMap((direction) => extremes(run, effect, direction)),
    ...laterThanReturn(run, effect, called),
    ...refusals(run, effect),
  ];
}

function extremes(run: Run, effect: SeriesResult, direction: unknown): Sentence[] {
  const places = placesOf(effect).filter(
    ({ arm }) => direction === undefined || run.arms[arm]?.['direction'] === direction,
  );
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return [];
  const told = (arm: number) => `${where(run, arm)}: ${figureAt(effect, arm)}`;
  const text =
    first === last
      ? `The guest sees a hotplug ${told(first.arm)}.`
      : `The guest sees a hotplug soonest ${told(first.arm)}, last ${told(last.arm)}.`;
  return [{ kind: 'measured', text }];
}

/** The arm in which the call returned the longest before its effect, in multiples of its own time. */
function laterThanReturn(run: Run, effect: SeriesResult, called: SeriesResult): Sentence[] {
  const [widest] = placesOf(effect)
    .flatMap(({ arm, median }) => {
      const returned = called.summaries[arm]?.median ?? Infinity;
      return median > 2 * returned ? [{ arm, times: median / returned }] : [];
    })
    .sort((a, b) => b.times - a.times);
  if (widest === undefined) return [];
  const { arm } = widest;
  const text = `That a call has returned does not say that the guest has it: ${where(run, arm)}, it returns after ${figureAt(called, arm)}, and the guest sees it after ${figureAt(effect, arm)}.`;
  return [{ kind: 'disagreement', text }];
}

function refusals(run: Run, effect: SeriesResult): Sentence[] {
  const all = effect.summaries.flatMap((summary, arm) =>
    summary === undefined || summary.notConverged === 0
      ? []
      : [`${summary.notConverged} of ${summary.n} ${where(run, arm)}`],
  );
  if (all.length === 0) return [];
  return [{ kind: 'measured', text: `Refused, or not seen in time: ${all.join('; ')}.` }];
}

/** Arms by their medians, those without a figure left out. */
function placesOf({ summaries }: SeriesResult): Place[] {
  return summaries
    .flatMap((summary, arm) =>
      summary === undefined || !Number.isFinite(summary.median)
        ? []
        : [{ arm, median: summary.median }],
    )
    .sort((a, b) => a.median - b.median);
}

function figureAt(series: SeriesResult, arm: number): string {
  const summary = series.summaries[arm];
  return summary === undefined ? '–' : figureText(series, summary);
}

function where(run: Run, arm: number): string {
  return armPhrase(run.arms[arm] ?? {}) || 'here';
}

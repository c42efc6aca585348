import type { Level, Run } from '../../results/schema.ts';
import { armKey, crossedFactors } from '../arms.ts';
import type { SeriesResult } from '../series-result.ts';
import { seriesText } from '../series-text.ts';

/** Two ways to read what a paper's abstract leaves open. */
interface Readings {
  factor: string;
  system: string;
  /** Levels with what each takes the abstract to mean. */
  first: [Level, string];
  second: [Level, string];
}

const known: readonly Readings[] = [
  {
    factor: 'placement',
    system: 'SMPS-VMM',
    first: ['smps-reconstructed', 'marginal cost'],
    second: ['smps-linear', 'linear cost'],
  },
  {
    factor: 'sharing',
    system: 'MA2SCF',
    first: ['ma2scf-reconstructed', 'donors by what they can spare'],
    second: ['ratio-first', 'donors by the share that they can spare'],
  },
];

const rounding = 1e-9;

/**
 * What the reading of an abstract changes: where both readings were tried among other policies, the
 * figures in which they take different places in the ranking by medians.
 */
export function readingsOf(run: Run, series: readonly SeriesResult[]): string[] {
  return known.flatMap((readings) => {
    const levels = crossedFactors(run).find(([factor]) => factor === readings.factor)?.[1] ?? [];
    const { first, second, system } = readings;
    if (!levels.includes(first[0]) || !levels.includes(second[0])) return [];
    const names = `${first[1]} (${first[0]}) or ${second[1]} (${second[0]})`;
    const differences = series.flatMap((one) => differenceOf(run, one, readings, levels) ?? []);
    const only = `Only the abstract of ${system} is public; it can be read as ${names}.`;
    return [
      differences.length === 0
        ? `${only} No third one of the ${levels.length} policies lies between them in any headline figure.`
        : `${only} The reading changes the ranking among the ${levels.length} policies by their medians: ${differences.join('; ')}.`,
    ];
  });
}

/** `unmet demand: marginal cost 2nd, linear cost 4th`; undefined where nothing lies between them. */
function differenceOf(
  run: Run,
  series: SeriesResult,
  { factor, first, second }: Readings,
  levels: readonly Level[],
): string | undefined {
  const { better } = series.metric;
  if (better === 'neither') return undefined;
  const sign = better === 'lower' ? 1 : -1;
  const index = new Map(run.arms.map((arm, at) => [armKey(arm), at]));
  const rest = [
    ...new Map(run.arms.map((arm) => [armKey({ ...arm, [factor]: '' }), arm])).values(),
  ];
  const apart = rest.flatMap((arm) => {
    const medians = levels.map((level) => {
      const at = index.get(armKey({ ...arm, [factor]: level }));
      return sign * (series.summaries[at ?? -1]?.median ?? NaN);
    });
    if (medians.some(Number.isNaN)) return [];
    const rank = ([level]: [Level, string]) => {
      const own = medians[levels.indexOf(level)] as number;
      // What sums round to is no rank.
      return 1 + medians.filter((other) => other < own - rounding * Math.abs(own)).length;
    };
    const [a, b] = [rank(first), rank(second)];
    // Neighbours have no third policy between them.
    return Math.abs(a - b) <= 1 ? [] : [{ a, b }];
  });
  const [worst] = apart.sort((x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b));
  if (worst === undefined) return undefined;
  const where = rest.length > 1 ? ` (in ${apart.length} of ${rest.length} arms; the widest)` : '';
  const places = `${first[1]} ${ordinal(worst.a)}, ${second[1]} ${ordinal(worst.b)}`;
  return `${seriesText(series).sentence}: ${places}${where}`;
}

function ordinal(place: number): string {
  const ending = ['st', 'nd', 'rd'][place - 1] ?? 'th';
  return `${place}${ending}`;
}

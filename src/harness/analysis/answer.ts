import type { Run } from '../results/schema.ts';
import { armPhrase, levelPhrase } from './arms.ts';
import type { Effect } from './effects.ts';
import { fewestTrials, type Judgement } from './judgement.ts';
import { quantity, quantityWithInterval, ratioText, ratioWithInterval } from './quantity.ts';
import type { SeriesResult } from './series-result.ts';
import { seriesText } from './series-text.ts';
import { type Summary, worstWord } from './summary.ts';

/** One sentence of the answer, and which kind of statement it is. */
export interface Sentence {
  kind: Judgement['kind'] | 'measured' | 'disagreement' | 'lost-writes';
  text: string;
}

export const mostSentences = 6;
const kinds = ['different', 'equal', 'inconclusive', 'not-comparable'];

/** What the run says in at most `most` sentences, strongest first. */
export function answerOf({
  run,
  series,
  effects,
  margin,
  most = mostSentences,
  remark = () => '',
}: {
  run: Run;
  /** Headline figures. */
  series: readonly SeriesResult[];
  effects: readonly Effect[];
  margin: number;
  most?: number;
  /** What else is to be said of an effect: `; at the floor`. */
  remark?: (effect: Effect) => string;
}): Sentence[] {
  if (effects.length === 0) return describe(run, series, most);
  const ranked = [...effects].sort(byStrength);
  const chosen = oneOfEach(ranked, ({ series: { key } }) => key.metric);
  const others = oneOfEach(ranked, ({ series: { id } }) => id);
  return [...new Set([...chosen, ...others])]
    .slice(0, most)
    .sort(byStrength)
    .map((effect) => ({
      kind: effect.judgement.kind,
      text: sentenceOf(run, effect, margin, remark(effect)),
    }));
}

/** Differences first, what is open last; the order of the others of a kind stays. */
export function byKind(sentences: readonly Sentence[]): Sentence[] {
  return [...sentences].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

/** Without anything to compare, the figures themselves. */
function describe(run: Run, series: readonly SeriesResult[], most: number): Sentence[] {
  return series
    .flatMap((one) =>
      one.summaries.flatMap((summary, arm) => {
        if (summary === undefined) return [];
        const where = armPhrase(run.arms[arm] ?? {});
        const name = capital(seriesText(one).sentence);
        const text = `${name}${where === '' ? '' : ` ${where}`}: ${figureText(one, summary)}.`;
        return [{ kind: 'measured' as const, text }];
      }),
    )
    .slice(0, most);
}

function byStrength(a: Effect, b: Effect): number {
  const kind = kinds.indexOf(a.judgement.kind) - kinds.indexOf(b.judgement.kind);
  return kind === 0 ? strength(b) - strength(a) : kind;
}

/** How far the interval stays from 1; for equality how narrow it is. */
function strength({ ratio, judgement }: Effect): number {
  if (ratio?.interval === undefined) return -Infinity;
  const low = Math.log(ratio.interval.low);
  const high = Math.log(ratio.interval.high);
  if (judgement.kind === 'different') return low > 0 ? low : -high;
  return Number.isFinite(high - low) ? low - high : -Infinity;
}

/** The strongest effect of each factor on each subject: six sentences shall not say one thing. */
function oneOfEach(ranked: readonly Effect[], subject: (effect: Effect) => string): Effect[] {
  const seen = new Set<string>();
  return ranked.filter((effect) => {
    const topic = JSON.stringify([subject(effect), effect.factor]);
    if (seen.has(topic)) return false;
    seen.add(topic);
    return true;
  });
}

function sentenceOf(run: Run, effect: Effect, margin: number, remark: string): string {
  const { series, factor, base, level, judgement } = effect;
  const name = seriesText(series).sentence;
  const here = levelPhrase(factor, level);
  const there = levelPhrase(factor, base);
  const rest = `${remark}${failures(effect)}${interaction(effect)}.`;
  switch (judgement.kind) {
    case 'different':
      if (zeroPairs(effect) > 0) {
        return `${capital(here)}, ${name} is ${fromZero(effect, there)} (${counts(effect)})${rest}${example(run, effect)}`;
      }
      if (lostPairs(effect, 'other') > 0) return `${nothing(effect, 'other', here, there)}${rest}`;
      if (lostPairs(effect, 'base') > 0) return `${nothing(effect, 'base', there, here)}${rest}`;
      return `${capital(here)}, ${name} is ${change(effect)} ${there} (${evidence(effect)})${rest}${example(run, effect)}`;
    case 'equal':
      return `${capital(name)} is equal within ±${percent(margin)} % ${here} and ${there} (${evidence(effect)})${rest}`;
    case 'inconclusive':
      return `${capital(name)} ${here} against ${there}: inconclusive (${evidence(effect)}); ${moreTrials(judgement.moreTrials, effect)}${rest}`;
    case 'not-comparable':
      return `${capital(name)} ${here} and ${there}: not comparable, because ${judgement.why}.`;
  }
}

/** Where one side is zero, which no ratio tells: `above zero, with placement random it is zero in the median`. */
function fromZero(effect: Effect, there: string): string {
  const { pairs, ratio } = effect;
  const rises = ratio?.estimate === Infinity;
  const zeros = zeroPairs(effect);
  const [is, was] = rises
    ? ['above zero', 'zero in the median']
    : ['zero in the median', 'above zero'];
  return `${is}, ${there} it is ${was}${inPairs(zeros, pairs)}`;
}

function inPairs(count: number, pairs: Effect['pairs']): string {
  return count < pairs.length ? ` in ${count} of ${pairs.length} pairs of arms` : '';
}

/** In how many pairs one side is zero, where the ratio of all is none for that. */
function zeroPairs({ series, pairs, ratio }: Effect): number {
  const estimate = ratio?.estimate;
  if (estimate !== 0 && estimate !== Infinity) return 0;
  const side = estimate === 0 ? 'other' : 'base';
  return pairs.filter((pair) => series.summaries[pair[side]]?.median === 0).length;
}

/** In how many pairs this side has no figure in most trials, where the ratio of all is none for that. */
function lostPairs({ series, pairs, ratio }: Effect, side: 'base' | 'other'): number {
  const estimate = ratio?.estimate;
  if (estimate !== 0 && estimate !== Infinity) return 0;
  const medians = pairs.map((pair) => series.summaries[pair[side]]?.median ?? 0);
  return medians.filter((median) => !Number.isFinite(median)).length;
}

/** `On shared, guest creation has no figure in most trials: nothing to compare with that on local`. */
function nothing(effect: Effect, side: 'base' | 'other', where: string, there: string): string {
  const { series, pairs } = effect;
  const which = inPairs(lostPairs(effect, side), pairs);
  return `${capital(where)}, ${seriesText(series).sentence} has no figure in most trials${which}: nothing to compare with that ${there} (${counts(effect)})`;
}

/** `41 % lower than`, `2.4 times as high as`. */
function change({ ratio, series }: Effect): string {
  const estimate = ratio?.estimate ?? NaN;
  const isTime = series.metric.unit === 's';
  const [more, less] = isTime ? ['longer', 'shorter'] : ['higher', 'lower'];
  if (estimate >= 2) return `${ratioText(estimate)} times as ${isTime ? 'long' : 'high'} as`;
  const share = Math.abs(estimate - 1);
  return `${percent(share)} % ${estimate < 1 ? less : more} than`;
}

/** `ratio 0.59, 0.55–0.63, n = 12 in each of 4 pairs of arms`. */
function evidence({ ratio, noiseFloor, ...effect }: Effect): string {
  const trials = counts(effect);
  const floor = noiseFloor ? '; one device, so this is the noise floor' : '';
  return `${ratioAndInterval(ratio)}${trials}${floor}`;
}

function counts({ blocks, pairs }: Pick<Effect, 'blocks' | 'pairs'>): string {
  return pairs.length === 1
    ? `n = ${blocks}`
    : `n = ${blocks} in each of ${pairs.length} pairs of arms`;
}

function ratioAndInterval(ratio: Effect['ratio']): string {
  if (ratio === undefined) return '';
  const { estimate, interval } = ratio;
  return interval === undefined
    ? `ratio ${ratioText(estimate)}, no interval, `
    : `ratio ${ratioWithInterval(estimate, interval.low, interval.high)}, `;
}

function moreTrials(count: number | undefined, effect: Effect): string {
  const { failed, notConverged, blocks } = effect;
  if (blocks < fewestTrials) {
    const count = fewestTrials - blocks;
    return `at least ${count} more ${count === 1 ? 'trial' : 'trials'} of each arm would give an interval`;
  }
  if (count !== undefined) {
    return `about ${count} more ${count === 1 ? 'trial' : 'trials'} of each arm would decide`;
  }
  if (notConverged > 0) {
    return `trials that ${failed > 0 ? 'failed or ' : ''}did not converge leave the interval open`;
  }
  if (failed > 0) return 'failed trials leave the interval open';
  const interval = effect.ratio?.interval;
  if (interval === undefined) return 'zeros make no ratio';
  return interval.low > 0 && Number.isFinite(interval.high)
    ? 'it would take more than a thousand trials of each arm to decide'
    : 'zeros leave the interval open';
}

function failures({ failed, notConverged, trials, leftOut }: Effect): string {
  const lost = failed + notConverged;
  if (lost === 0) return '';
  const how = [
    ...(failed > 0 ? ['failed'] : []),
    ...(notConverged > 0 ? ['did not converge'] : []),
  ].join(' or ');
  const counts = `${lost} of ${trials} trials ${how}`;
  if (leftOut === 0) return `; ${counts} and ${lost === 1 ? 'ranks' : 'rank'} as worst`;
  return `; ${counts}, so ${leftOut} ${leftOut === 1 ? 'pair is' : 'pairs are'} left out`;
}

function interaction({ interaction: found }: Effect): string {
  if (found === undefined) return '';
  const at = found.at.map(
    ({ level, ratio }) => `${ratioText(ratio)} ${levelPhrase(found.factor, level)}`,
  );
  return `; the ratio depends on ${found.factor}: ${at.join(', ')}`;
}

/** The figures of the first pair of arms, so that a ratio has something to hold on to. */
function example(run: Run, { series, pairs, factor }: Effect): string {
  const [pair] = pairs;
  if (pair === undefined) return '';
  const [base, other] = [series.summaries[pair.base], series.summaries[pair.other]];
  if (base === undefined || other === undefined) return '';
  const where = armPhrase(run.arms[pair.base] ?? {}, factor);
  const figures = `${figureText(series, other)} against ${figureText(series, base)}`;
  return where === '' ? ` ${capital(figures)}.` : ` ${capital(where)}: ${figures}.`;
}

/** `3.42 s (3.31–3.58, n = 12)`: the median, its 95 % interval, and the number of trials. */
export function figureText({ metric }: Pick<SeriesResult, 'metric'>, summary: Summary): string {
  const { median, interval, n } = summary;
  const worst = worstWord(summary);
  if (interval === undefined) {
    return `${quantity(median, metric.unit, worst)} (n = ${n}: no interval)`;
  }
  const shown = quantityWithInterval(median, interval, metric.unit, worst);
  return `${shown.value} (${shown.interval}, n = ${n})`;
}

function percent(share: number): string {
  const value = share * 100;
  // What is shorter by nearly all of it is not shorter by all of it.
  if (value > 99 && value < 100) return value < 99.95 ? value.toFixed(1) : 'more than 99.9';
  return value < 1 ? value.toFixed(1) : value.toFixed(value < 9.95 && value % 1 > 0.05 ? 1 : 0);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

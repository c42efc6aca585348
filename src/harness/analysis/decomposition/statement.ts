import { armPhrase, levelText } from '../arms.ts';
import type { Sentence } from '../answer.ts';
import { quantity, ratioText } from '../quantity.ts';
import { seriesText } from '../series-text.ts';
import { fewestTrials } from '../judgement.ts';
import type { Bounds, Decomposition, Part } from './decomposition.ts';

/** Of how many combinations of the other levels the gain is told one by one. */
const mostCombinations = 4;

/**
 * The gain taken apart in one sentence: what copy-on-write does, what the other storage does, what both
 * do, and whether they depend on each other. Undefined where nothing was comparable.
 * @param each the same for each combination of the other levels, where there are several
 */
export function decompositionSentence(
  whole: Decomposition,
  each: readonly Decomposition[],
  margin: number,
): Sentence | undefined {
  const { parts, series, other } = whole;
  if (parts === undefined) return undefined;
  const name = seriesText(series).sentence;
  const times = series.metric.unit === 's' ? 'times as fast' : 'times as high';
  const storage = levelText('storage', other);
  const gains = [parts['copy-on-write'], parts.storage, parts.whole].map(({ gain }) => gain);
  if (!gains.every((gain) => gain > 0 && Number.isFinite(gain))) {
    const text = `What copy-on-write and ${storage} do to ${name}: not comparable, because most trials of an arm have no figure${evidence(whole)}.`;
    return { kind: 'not-comparable', text };
  }
  const main = [
    `Copy-on-write makes ${name} ${ratioText(parts['copy-on-write'].gain)} ${times}${brackets(parts['copy-on-write'], margin)}`,
    `, ${storage} ${ratioText(parts.storage.gain)} times${brackets(parts.storage, margin)}`,
    `; together ${ratioText(parts.whole.gain)} times${brackets(parts.whole, margin)}`,
  ].join('');
  return {
    kind: kindOf([parts['copy-on-write'], parts.storage]),
    text: `${main}: ${interactionText(whole, margin)}${evidence(whole)}${noise(whole)}.${combinations(each)}`,
  };
}

/** The strongest that is said of any part. */
function kindOf(parts: readonly Part[]): Sentence['kind'] {
  const kinds = parts.map(({ judgement: { kind } }) => kind);
  if (kinds.includes('different')) return 'different';
  return kinds.every((kind) => kind === 'equal') ? 'equal' : 'inconclusive';
}

/** ` (2.9–3.3)`, ` (0.98–1.03, equal within ±5 %)`. */
function brackets({ interval, judgement: { kind } }: Part, margin: number): string {
  if (interval === undefined) return '';
  const notes = { equal: `, equal within ±${percent(margin)} %`, inconclusive: ', inconclusive' };
  const note = kind === 'equal' || kind === 'inconclusive' ? notes[kind] : '';
  return ` (${boundsText(interval)}${note})`;
}

/** Whether the two depend on each other, and how. */
export function interactionText({ parts, base, other }: Decomposition, margin: number): string {
  if (parts === undefined) return '';
  const { interaction } = parts;
  const figures =
    interaction.interval === undefined
      ? ratioText(interaction.gain)
      : `${ratioText(interaction.gain)}, ${boundsText(interaction.interval)}`;
  switch (interaction.judgement.kind) {
    case 'equal':
      return `the two do not interact (interaction ${figures}, within ±${percent(margin)} %)`;
    case 'different': {
      const gain = (part: Part) => `${ratioText(part.gain)} times`;
      return `they interact (interaction ${figures}): copy-on-write gives ${gain(parts['copy-on-write on base'])} on ${levelText('storage', base)}, ${gain(parts['copy-on-write on other'])} on ${levelText('storage', other)}`;
    }
    default:
      return `whether they interact is open (interaction ${figures})`;
  }
}

function evidence({ blocks, crosses, leftOut, failed, notConverged }: Decomposition): string {
  const lost = failed + notConverged;
  const out =
    lost === 0
      ? ''
      : leftOut === 0
        ? `; ${lost} of the trials ${lost === 1 ? 'has' : 'have'} no figure and ${lost === 1 ? 'ranks' : 'rank'} as worst`
        : `; ${leftOut} ${leftOut === 1 ? 'combination' : 'combinations'} with failed trials left out`;
  const intervals =
    blocks < fewestTrials ? `, no intervals below ${fewestTrials} trials of each arm` : '';
  return ` (n = ${blocks} in each of ${4 * crosses.length} arms${intervals})${out}`;
}

function noise({ noiseFloor, base, other }: Decomposition): string {
  if (!noiseFloor) return '';
  const [a, b] = [base, other].map((level) => levelText('storage', level));
  return `; ${a} and ${b} lie on one device, so the part of ${b} is the noise floor`;
}

/** ` Copy-on-write: 2.4 times at 1 guest, 3.9 times at 4 guests.` */
function combinations(each: readonly Decomposition[]): string {
  const gains = each.flatMap(({ parts, rest }) =>
    parts === undefined || rest === undefined ? [] : [{ gain: parts['copy-on-write'].gain, rest }],
  );
  if (gains.length < 2 || gains.length > mostCombinations) return '';
  const told = gains.map(({ gain, rest }) => `${ratioText(gain)} times ${armPhrase(rest)}`);
  return ` Copy-on-write alone: ${told.join(', ')}.`;
}

/** `2.9–3.3`. */
export function boundsText({ low, high }: Bounds): string {
  const precise = high - low < 0.02;
  return `${ratioText(low, precise)}–${ratioText(high, precise)}`;
}

function percent(share: number): string {
  return quantity(Math.round(share * 1000) / 10, '1').replace(/\.0+$/, '');
}

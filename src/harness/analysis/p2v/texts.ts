import { armPhrase, levelText } from '../arms.ts';
import { figureText, type Sentence } from '../answer.ts';
import { bytesText, ratioText, ratioWithInterval } from '../quantity.ts';
import type { CurveSet, MethodCurve, Passing } from './curves.ts';

/** What was found of downtime against bytes, one sentence for each setting and method. */
export function curveSentences(sets: readonly CurveSet[], most: number): Sentence[] {
  return sets
    .flatMap((set) =>
      set.curves.slice(1).map(({ method }): Sentence => ({
        kind: 'measured',
        text: sentence(set, method, curveText(set, method)),
      })),
    )
    .slice(0, most);
}

/** `less downtime than offline from 12 MiB of data on (95 % interval 0 B–40 MiB); 90 % less from …`. */
export function curveText(set: CurveSet, method: string): string {
  const named = (name: string) => set.curves.find((curve) => curve.method === name);
  const curve = named(method);
  const [own, base] = [curve?.points.at(-1), named(set.against)?.points.at(-1)];
  const atLargest =
    own === undefined || base === undefined || own.bytes !== base.bytes
      ? []
      : [
          `${pointText(own)} of downtime against ${pointText(base)} ${methodText(set.against)} with ${bytesText(own.bytes)} of data${atRatio(curve?.ratio)}`,
        ];
  return [...atLargest, passingsText(set, method)].join('; ');
}

/** From which sizes on a method has less downtime, and 90 % less, than the first. */
export function passingsSentence(set: CurveSet, method: string): string {
  return sentence(set, method, passingsText(set, method));
}

function passingsText(set: CurveSet, method: string): string {
  return set.passings
    .filter((one) => one.method === method)
    .map((one) => passingText(one, set))
    .join('; ');
}

/** `8.98 s (8.80–9.56, n = 8)`. */
function pointText({ median, interval, n }: MethodCurve['points'][number]): string {
  const summary = { median, n, failed: 0, notConverged: 0, outliers: [] };
  const metric = { title: '', unit: 's', better: 'lower' } as const;
  return figureText({ metric }, { ...summary, ...(interval && { interval }) });
}

function atRatio(ratio: MethodCurve['ratio']): string {
  if (ratio === undefined) return '';
  const { estimate, interval } = ratio;
  return interval === undefined
    ? ` (ratio ${ratioText(estimate)}, no interval)`
    : ` (ratio ${ratioWithInterval(estimate, interval.low, interval.high)})`;
}

function passingText({ share, from, interval }: Passing, { against, largest }: CurveSet): string {
  const what =
    share === 1
      ? `less downtime than ${methodText(against)}`
      : `a reduction of ${Math.round(100 * (1 - share))} %`;
  const range = rangeText(interval);
  const lines = ', by the lines through the medians';
  if (from === Infinity) return `${what} from no size on${lines}${range}`;
  const beyond = from > largest ? `, beyond the ${bytesText(largest)} that were measured` : '';
  if (from === 0) return `${what} at every size${lines}${range}`;
  return `${what} from ${roughBytes(from)} of data on${range}${beyond}`;
}

function rangeText(interval: Passing['interval']): string {
  if (interval === undefined) return ', no interval below 6 trials';
  const { low, high } = interval;
  // Nothing between: all of it says the same.
  if (low === high) return ' (over the whole 95 % interval)';
  return ` (95 % interval ${bytesOrNever(low)}–${bytesOrNever(high)})`;
}

function bytesOrNever(bytes: number): string {
  return Number.isFinite(bytes) ? roughBytes(bytes) : 'never';
}

function roughBytes(bytes: number): string {
  return bytes === 0 ? '0' : bytesText(bytes);
}

function methodText(method: string): string {
  return levelText('conversion', method);
}

/** ` with 100 Mbit/s`; empty where nothing else was crossed. */
export function restText({ rest }: Pick<CurveSet, 'rest'>): string {
  const phrase = armPhrase(rest);
  return phrase === '' ? '' : ` ${phrase}`;
}

function sentence(set: CurveSet, method: string, text: string): string {
  return capital(`${methodText(method)}${restText(set)}: ${text}.`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

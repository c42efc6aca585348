import { curvesCross } from './curves-cross.ts';
import { type Line, servedUpTo } from './figures.ts';
import type { Estimate } from './law.ts';
import { percentileInterval } from './resample.ts';
import { type Usl, uslThroughput } from './usl.ts';

/** Where the curves of two storages cross. */
export interface Crossing {
  /** Indices of the lines. */
  a: number;
  b: number;
  /** Absent where they do not cross within the range that both have. An interval may be infinite. */
  guests?: Estimate;
  /** Which of the two lies higher before the crossing, or throughout. */
  ahead: 'a' | 'b';
  /** Share of the resamples in which they cross; absent without intervals. */
  share?: number;
  /** Both give guests of limited rate what they ask for up to here: no crossing is looked for before. */
  servedUpTo: number;
  /** The storages lie on one device: what differs is noise. */
  noiseFloor: boolean;
}

interface Pair {
  a: number;
  b: number;
  laws: readonly (Usl | undefined)[];
  draws: readonly (readonly [Usl | undefined, Usl | undefined])[];
  noiseFloor: boolean;
}

/** Pairs without a law for both lines are left out. */
export function crossingsOf(lines: readonly Line[], pairs: readonly Pair[]): Crossing[] {
  return pairs.flatMap(({ a, b, laws: [one, two], draws, noiseFloor }) => {
    if (one === undefined || two === undefined) return [];
    const ranges = [a, b].map((index) => (lines[index]?.levels ?? []).map(({ guests }) => guests));
    const served = Math.min(...[a, b].map((index) => servedOf(lines[index])));
    const least = Math.max(served, ...ranges.map((range) => range[0] ?? 1));
    const most = Math.min(...ranges.map((range) => range.at(-1) ?? 1));
    const found = draws.map(([first, second]) =>
      first === undefined || second === undefined
        ? NaN
        : (curvesCross(first, second, least, most) ?? NaN),
    );
    const value = curvesCross(one, two, least, most);
    const interval = percentileInterval(found);
    const crossing = found.filter((guests) => !Number.isNaN(guests)).length;
    const before = value === undefined ? (Math.min(least, most) + most) / 2 : (least + value) / 2;
    return [
      {
        ...{ a, b, noiseFloor, servedUpTo: served },
        ...(value === undefined
          ? {}
          : { guests: { value, ...(interval === undefined ? {} : { interval }) } }),
        ahead: uslThroughput(one, before) >= uslThroughput(two, before) ? 'a' : 'b',
        ...(found.length === 0 ? {} : { share: crossing / found.length }),
      },
    ];
  });
}

function servedOf(line: Line | undefined): number {
  return line === undefined ? 0 : servedUpTo(line);
}

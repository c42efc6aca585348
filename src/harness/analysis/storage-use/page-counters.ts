import type { Middle } from '../middle.ts';
import { bytesText, countText, quantity, ratioText } from '../quantity.ts';
import { type CounterRow, wayOf } from './counters.ts';

/** The few counters of one storage that a page has room for. */
export interface PageCounters {
  storage: string;
  /** Names of the counters, in order; the guests' figures stand before them. */
  counters: string[];
  rows: {
    arm: number;
    n: number;
    read?: Middle;
    written?: Middle;
    cells: (CounterRow | undefined)[];
  }[];
}

const most = 6;

/**
 * What counts most: bytes both ways, then the requests that carried them, then requests that servers did
 * not answer in time. Counters that stayed at 0 in every arm are left out; the rest stands in the CSV.
 */
const wanted: readonly ((counter: string) => boolean)[] = [
  (counter) => wayOf(counter) === 'read',
  (counter) => wayOf(counter) === 'written',
  (counter) => /(?:^|[. ])read[._ -]?rpcs$/i.test(counter),
  (counter) => /(?:^|[. ])writ(?:e|ten)[._ -]?rpcs$/i.test(counter),
  (counter) => /timeouts$/i.test(counter),
];

/** One table a storage; none where its clients count nothing. */
export function pageCounters(rows: readonly CounterRow[]): PageCounters[] {
  const own = rows.filter(({ host }) => host === undefined);
  return [...new Set(own.map(({ storage }) => storage))].flatMap((storage) => {
    const here = own.filter((row) => row.storage === storage);
    const moved = new Set(here.filter(({ median }) => median !== 0).map(({ counter }) => counter));
    const names = [...moved];
    const counters = wanted.flatMap((isWanted) => names.filter(isWanted)).slice(0, most);
    if (counters.length === 0) return [];
    const arms = [...new Set(here.map(({ arm }) => arm))];
    return [
      {
        storage,
        counters,
        rows: arms.map((arm) => {
          const all = here.filter((row) => row.arm === arm);
          const guests = (way: 'read' | 'written') =>
            all.find((row) => wayOf(row.counter) === way && row.guests !== undefined)?.guests;
          const [read, written] = [guests('read'), guests('written')];
          return {
            arm,
            n: all[0]?.n ?? 0,
            ...(read === undefined ? {} : { read }),
            ...(written === undefined ? {} : { written }),
            cells: counters.map((counter) => all.find((row) => row.counter === counter)),
          };
        }),
      },
    ];
  });
}

/** A counted figure for people: bytes in binary units, times in seconds, counts. */
export function counterText(counter: string, value: number): string {
  if (/bytes$/i.test(counter)) return bytesText(Math.round(value));
  if (/seconds$/i.test(counter)) return quantity(value, 's');
  return Number.isInteger(value) ? countText(value) : value.toPrecision(3);
}

/** `160 MiB–168 MiB`, `no interval`: that of a counter, or of bytes. */
export function counterInterval({ interval }: Middle, counter = 'bytes'): string {
  if (interval === undefined) return 'no interval';
  return `${counterText(counter, interval.low)}–${counterText(counter, interval.high)}`;
}

/** What stands under the figure: `1.3 times the guests'`, `256 KiB each`. */
export function counterDetail(
  row: CounterRow,
  cells: readonly (CounterRow | undefined)[],
): string | undefined {
  if (row.amplification !== undefined) {
    const { median, interval } = row.amplification;
    const range =
      interval === undefined ? '' : ` (${ratioText(interval.low)}–${ratioText(interval.high)})`;
    return `${ratioText(median)}${range} times the guests’`;
  }
  const [, prefix, way] = /^(.*?)(read|write)[._ -]?rpcs$/i.exec(row.counter) ?? [];
  if (prefix === undefined || way === undefined || row.median === 0) return undefined;
  const bytes = cells.find((cell) => cell?.counter === `${prefix}${way}_bytes`);
  return bytes === undefined
    ? undefined
    : `${bytesText(Math.round(bytes.median / row.median))} each`;
}

/** How to read these tables. */
export const countersLegend =
  'Medians over the trials of what was added during a trial, all hosts together, and their 95 % intervals. Guests: what fio moved in them, writing before an overwrite included. The client counts everything: making disks, booting, and what the host itself reads and writes for a baseline; so its bytes over those of the guests are not the amplification of fio’s requests alone.';

import { quantity, quantityWithInterval } from '../quantity.ts';
import type { Capacity, CapacityLine, Within } from './capacity.ts';
import type { Crossing } from './crossings.ts';
import type { Bounds, Estimate, Law } from './law.ts';

/** `7.4`, `12`, `0.62`: a number of guests that need not be whole. */
export function guestsText(guests: number): string {
  if (Number.isInteger(guests)) return String(guests);
  return guests.toFixed(guests < 10 ? 1 : 0);
}

/** The measured numbers of guests: `1–12`. */
export function rangeText({ levels }: Pick<CapacityLine, 'levels'>): string {
  return `${levels[0]?.guests ?? 0}–${levels.at(-1)?.guests ?? 0}`;
}

/** The interval of a number of guests; its ends may lie outside of the measured range. */
export function guestBounds(bounds: Bounds | undefined, { levels }: CapacityLine): string {
  if (bounds === undefined) return 'no interval';
  const [least = 1, most = 1] = [levels[0]?.guests, levels.at(-1)?.guests];
  const { low, high } = bounds;
  if (low === Infinity) return `more than ${most}`;
  if (high < least) return `fewer than ${least}`;
  const from = low < least ? `fewer than ${least}` : guestsText(low);
  const to = high === Infinity ? `more than ${most}` : guestsText(high);
  return low < least || high === Infinity ? `${from} to ${to}` : `${from}–${to}`;
}

/** `7`; `more than 12`; `fewer than 1`: whole guests that keep a limit. */
export function withinCount({ guests }: Within, { levels }: CapacityLine): string {
  if (guests === Infinity) return `more than ${levels.at(-1)?.guests ?? 0}`;
  if (guests < 1 || guests === 0) return `fewer than ${levels[0]?.guests ?? 1}`;
  return String(Math.floor(guests));
}

/** What the limits say of a line; undefined where none was recorded. */
export function withinSentence(line: CapacityLine): string | undefined {
  const { all, text, hosts } = line;
  if (all === undefined) return undefined;
  const each = hosts > 1 ? ` on ${hosts} hosts` : ' a host';
  if (all.guests === Infinity) {
    return `${text}: more than ${line.levels.at(-1)?.guests ?? 0} guests${each}: no limit is broken in the range (${rangeText(line)} guests).`;
  }
  const why = all.first === undefined ? '' : `; the first limit broken: ${all.first.text}`;
  const interval =
    all.interval === undefined
      ? `${guestsText(all.guests)}, no interval`
      : `${guestsText(all.guests)}, 95 % interval ${guestBounds(all.interval, line)}`;
  if (all.guests === 0) {
    const least = line.levels[0]?.guests ?? 1;
    return `${text}: fewer than ${least} ${least === 1 ? 'guest' : 'guests'}: the least that was measured breaks a limit (${all.first?.text ?? ''}).`;
  }
  const whole = Math.floor(all.guests);
  const share =
    hosts > 1 ? `, ${guestsText(Math.floor((10 * all.guests) / hosts) / 10)} a host` : '';
  return `${text}: ${whole} ${whole === 1 ? 'guest' : 'guests'}${each} within the limits (${interval}${share})${why}.`;
}

/** `0.0812`, and `0` for what is nothing. */
export function parameterText(value: number): string {
  return value < 1e-6 ? '0' : String(Number(value.toPrecision(3)));
}

/** `0.0621–0.101`. */
export function parameterBounds({ interval }: Estimate): string {
  return interval === undefined
    ? 'no interval'
    : `${parameterText(interval.low)}–${parameterText(interval.high)}`;
}

/** `21.3 MB/s at 8.8 guests`, `no peak in range`. */
export function peakText({ peak }: Law): string {
  if (peak === undefined) return 'no peak in range';
  const { guests, throughput } = peak;
  return `${quantity(throughput.value, 'B/s')} at ${guestsText(guests.value)} guests`;
}

/** Their intervals: `20.9–22.0 MB/s at 8.1–9.9`. */
export function peakBounds({ peak }: Law): string {
  if (peak?.guests.interval === undefined || peak.throughput.interval === undefined) return '';
  const { value, interval } = peak.throughput;
  const unit = quantity(value, 'B/s').split(' ')[1] ?? '';
  const ends = quantityWithInterval(value, interval, 'B/s').interval;
  const { low, high } = peak.guests.interval;
  const to = Number.isFinite(high) ? `–${guestsText(high)}` : ' or more';
  return `${ends} ${unit} at ${guestsText(low)}${to}`;
}

/** Where two storages change places. */
export function crossingSentence({ lines }: Capacity, crossing: Crossing): string {
  const { a, b, guests, ahead, share, noiseFloor, servedUpTo } = crossing;
  const [one, two] = [lines[a], lines[b]];
  if (one === undefined || two === undefined) return '';
  const [first, second] = ahead === 'a' ? [one, two] : [two, one];
  const least = Math.max(one.levels[0]?.guests ?? 1, two.levels[0]?.guests ?? 1);
  const most = Math.min(one.levels.at(-1)?.guests ?? 1, two.levels.at(-1)?.guests ?? 1);
  const floor = noiseFloor ? ' Both lie on one device, so what differs is noise.' : '';
  const names = `${one.text} and ${two.text}`;
  if (servedUpTo === Infinity) {
    return `${names}: no crossing in range (${least}–${most} guests): both give guests what they ask for.${floor}`;
  }
  const from = servedUpTo > least ? guestsText(servedUpTo) : least;
  if (guests === undefined) {
    const some =
      share !== undefined && share > 0.025
        ? `, though ${Math.round(share * 100)} % of the resamples cross`
        : '';
    return `${names}: no crossing in range (${from}–${most} guests); ${first.text} is ahead throughout${some}.${floor}`;
  }
  const order = `${first.text} is ahead below, ${second.text} above`;
  const { interval } = guests;
  if (interval === undefined) {
    return `${names} cross at ${guestsText(guests.value)} guests (no interval): ${order}.${floor}`;
  }
  if (!Number.isFinite(interval.low) || !Number.isFinite(interval.high)) {
    return `${names}: inconclusive whether they cross; the curves do at ${guestsText(guests.value)} guests, but only in ${Math.round((share ?? 0) * 100)} % of the resamples.${floor}`;
  }
  return `${names} cross at ${guestsText(guests.value)} guests (95 % interval ${guestsText(interval.low)}–${guestsText(interval.high)}): ${order}.${floor}`;
}

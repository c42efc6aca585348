import { UserError } from '../../../base/errors.ts';
import type { Capacity, CapacityLine } from './capacity.ts';
import { type Estimate, expectedThroughput, type Law } from './law.ts';

/** What so many guests are expected to get on one line. */
export interface Expectation {
  /** Of all hosts together. */
  guests: number;
  /** Hosts over which they are spread. */
  hosts: number;
  /** Bytes a second of all guests together. */
  throughput: Estimate;
  /** Seconds, interpolated between measured levels; absent beyond the range. */
  latency?: number;
  basis: 'measured' | 'between' | 'beyond' | 'extrapolated';
}

/** Beyond so many times the measured range nothing is said unless asked. */
export const trustedRange = 2;

/**
 * What is to be expected of `guests` guests: on a storage that each host has for itself, of as many on
 * each of `hosts` hosts; on a shared one, of all of them together on that storage.
 * @param beyond say it beyond twice the measured range, too
 * @throws UserError beyond twice the measured range
 */
export function expectationOf(
  line: CapacityLine & { law: Law },
  guests: number,
  { hosts = line.hosts, beyond = false }: { hosts?: number; beyond?: boolean } = {},
): Expectation {
  // Of a local storage the line is measured on its own number of hosts, each with its share.
  const groups = line.local ? hosts / line.hosts : 1;
  const onLine = guests / groups;
  const most = line.levels.at(-1)?.guests ?? 0;
  if (onLine > most * trustedRange && !beyond) throw tooFar(line, onLine, hosts);
  const one = expectedThroughput(line.law, onLine);
  const times = (value: number) => value * groups;
  const latency = latencyAt(line, onLine);
  const basis = line.levels.some((level) => level.guests === onLine)
    ? 'measured'
    : onLine <= most
      ? 'between'
      : onLine <= most * trustedRange
        ? 'beyond'
        : 'extrapolated';
  return {
    ...{ guests, hosts, basis },
    throughput: {
      value: times(one.value),
      ...(one.interval === undefined
        ? {}
        : { interval: { low: times(one.interval.low), high: times(one.interval.high) } }),
    },
    ...(latency === undefined ? {} : { latency }),
  };
}

function tooFar(line: CapacityLine, guests: number, hosts: number): UserError {
  const most = line.levels.at(-1)?.guests ?? 0;
  const each = line.local && hosts !== line.hosts ? ` on each of ${hosts} hosts` : '';
  return new UserError({
    message: `${line.text}: expected at most ${most * trustedRange} guests${each}, twice the ${most} that were measured, got ${Number(guests.toFixed(1))}`,
    remedy: line.local
      ? 'measure more guests, spread them with --hosts, or add --beyond to extrapolate'
      : 'measure more guests, or add --beyond to extrapolate',
  });
}

/** On the log scale between the levels around; undefined outside of them. */
function latencyAt({ levels }: CapacityLine, guests: number): number | undefined {
  const after = levels.findIndex((level) => level.guests >= guests);
  const [to, from] = [levels[after], levels[after - 1]];
  if (to === undefined) return undefined;
  const [high, low] = [to.latency?.median, from?.latency?.median];
  if (to.guests === guests) return high;
  if (from === undefined || low === undefined || high === undefined) return undefined;
  const share = (guests - from.guests) / (to.guests - from.guests);
  return low * (high / low) ** share;
}

/** Hosts needed for so many guests within all limits. */
export interface HostsNeeded {
  hosts: number;
  /** Set where fewer are known not to do, but these may not do either. */
  atLeast: boolean;
}

/**
 * On a storage that each host has for itself the guests are divided among hosts. A shared storage
 * carries them all: then the answer is the least number of hosts measured that carried as many.
 * @returns undefined without a limit that was broken, or where its least level breaks it
 */
export function hostsNeeded(
  { lines }: Pick<Capacity, 'lines'>,
  line: CapacityLine,
  guests: number,
): HostsNeeded | undefined {
  const whole = wholeGuests(line);
  if (whole === undefined) return undefined;
  const divided = Math.ceil(guests / whole) * line.hosts;
  if (line.local) return { hosts: divided, atLeast: false };
  const enough = lines
    .filter((other) => isSameBut(other, line, 'hosts'))
    .flatMap((other) => ((wholeGuests(other) ?? 0) >= guests ? [other.hosts] : []));
  return enough.length > 0
    ? { hosts: Math.min(...enough), atLeast: false }
    : { hosts: divided, atLeast: true };
}

/** Guests that keep all limits; undefined where the range ends before, or begins behind. */
function wholeGuests({ all }: CapacityLine): number | undefined {
  const whole = Math.floor(all?.guests ?? 0);
  return whole >= 1 && whole < Infinity ? whole : undefined;
}

/** Whether two lines have the same levels but for one factor. */
function isSameBut(a: CapacityLine, b: CapacityLine, factor: string): boolean {
  const names = new Set([...Object.keys(a.arm), ...Object.keys(b.arm)]);
  names.delete(factor);
  return [...names].every((name) => a.arm[name] === b.arm[name]);
}

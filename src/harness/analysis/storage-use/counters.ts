import type { Event, Run, Trial } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';
import { type Middle, middleOf } from '../middle.ts';
import type { StorageObservations } from './observed.ts';

/** One counter of the clients of a storage over the trials of one arm: what was added in a trial. */
export interface CounterRow extends Middle {
  /** Index of the arm. */
  arm: number;
  storage: string;
  /** Undefined for all hosts of a trial together. */
  host?: string;
  counter: string;
  /** The same of what fio moved in the guests meanwhile, where the counter counts that. */
  guests?: Middle;
  /** Counter over guests: what the client moved for one byte of a guest. */
  amplification?: Middle;
}

type Way = 'read' | 'written';

/** Not what came from a cache: `llite.cached_read_bytes`. */
const bytesMoved = /(?:^|[. ])(?:server[._ -])?(read|writ(?:e|ten))[._ -]?bytes$/i;

/** Which of the guests' figures a counter of bytes stands beside, by its name: `osc.read_bytes`. */
export function wayOf(counter: string): Way | undefined {
  const [, way] = bytesMoved.exec(counter) ?? [];
  return way === undefined ? undefined : /^r/i.test(way) ? 'read' : 'written';
}

/** Every counter arm by arm: of all hosts together, and where there are several of each host. */
export function countersOf(
  { arms }: Pick<Run, 'arms'>,
  counted: readonly Trial[],
  { counters, guestBytes }: StorageObservations,
): CounterRow[] {
  const index = armIndex(arms);
  const armOf = new Map(counted.map(({ trial, arm }) => [trial, index.get(armKey(arm)) ?? -1]));
  const bytes = bytesByTrial(guestBytes);
  const sums = new Map<string, { row: Omit<CounterRow, keyof Middle>; trials: Trials }>();
  const hosts = new Set(counters.map(({ observer }) => observer));
  for (const { trial, phase = '', observer, figures = {} } of counters) {
    const arm = armOf.get(trial);
    if (arm === undefined || arm < 0) continue;
    for (const [counter, value] of Object.entries(figures)) {
      for (const host of hosts.size > 1 && observer !== undefined
        ? [undefined, observer]
        : [undefined]) {
        const key = JSON.stringify([arm, phase, host, counter]);
        let sum = sums.get(key);
        if (sum === undefined) {
          const row = { arm, storage: phase, counter, ...(host === undefined ? {} : { host }) };
          sums.set(key, (sum = { row, trials: new Map() }));
        }
        sum.trials.set(trial, (sum.trials.get(trial) ?? 0) + value);
      }
    }
  }
  return [...sums.values()]
    .flatMap(({ row, trials }) => {
      const middle = middleOf([...trials.values()]);
      return middle === undefined ? [] : [{ ...row, ...middle, ...againstGuests(row, trials) }];
    })
    .sort((a, b) => a.arm - b.arm);

  function againstGuests({ counter, host }: Pick<CounterRow, 'counter' | 'host'>, trials: Trials) {
    const way = wayOf(counter);
    if (way === undefined || host !== undefined) return {};
    const both = [...trials].flatMap(([trial, client]) => {
      const guests = bytes.get(trial)?.[way] ?? 0;
      return guests > 0 ? [{ guests, share: client / guests }] : [];
    });
    const guests = middleOf(both.map((one) => one.guests));
    const amplification = middleOf(both.map(({ share }) => share));
    return guests && amplification ? { guests, amplification } : {};
  }
}

type Trials = Map<number, number>;

function bytesByTrial(events: readonly Event[]): Map<number, Record<Way, number>> {
  const sums = new Map<number, Record<Way, number>>();
  for (const { trial, figures } of events) {
    const sum = sums.get(trial) ?? { read: 0, written: 0 };
    sum.read += figures?.['read'] ?? 0;
    sum.written += figures?.['written'] ?? 0;
    sums.set(trial, sum);
  }
  return sums;
}

import { planFailover } from '../../cluster/failover/index.ts';
import type { WatchedHost } from '../../cluster/failover/health.ts';
import { Placer, placementPolicy } from '../../cluster/placement/index.ts';
import { backoff } from './backoff.ts';
import { clusterOf, type IsUp } from '../operations/placing.ts';
import { own } from '../records.ts';
import {
  isPending,
  type GuestRecord,
  type MasterEntry,
  type MasterState,
  type OperationRecord,
} from '../state.ts';
import { digestOfText, usualPolicy } from '../operations/submit.ts';
import { guestShapeOf } from '../../wire/messages/guest-shape.ts';

type FailoverEntry = Extract<MasterEntry, { kind: 'failover' }>;

/**
 * Where the guests of fenced hosts are started. A guest with an operation under way waits until that has
 * come to its end.
 * @param now milliseconds since 1970
 * @returns what is to be written down; undefined where nothing is
 */
export function planRestarts(
  state: MasterState,
  isUp: IsUp,
  watched: readonly WatchedHost[],
  now: number,
): FailoverEntry | undefined {
  const candidates = Object.values(state.guests).filter((guest) => isLost(state, guest));
  // Nearly always; what follows looks at every operation.
  if (candidates.length === 0) return undefined;
  const operations = Object.values(state.operations);
  const busy = new Set(operations.filter(isPending).map(({ guest }) => guest));
  const earlier = triesOf(operations);
  const lost = candidates.filter(({ name }) => !busy.has(name) && isRested(earlier.get(name), now));
  // Known to be lost also when its host is back before its operation has come to its end.
  const held = candidates.flatMap(({ name, waiting }) =>
    busy.has(name) && !waiting ? [name] : [],
  );
  if (lost.length === 0) {
    return held.length > 0 ? { kind: 'failover', operations: [], waiting: held } : undefined;
  }
  const cluster = clusterOf(state, isUp);
  const among = new Set(lost.map(({ name }) => name));
  const waiting: number[] = [];
  // Stopped guests and those with an operation of their own stay on record where they are.
  for (const guest of [...cluster.guests.all()]) {
    const { name } = cluster.guests.describe(guest);
    const host = cluster.placeOf(guest)?.host;
    if (among.has(name) && own(state.guests, name)?.waiting) {
      cluster.unplace(guest);
      waiting.push(guest);
    } else if (!among.has(name) && host !== undefined && cluster.health[host] === 'down') {
      cluster.unplace(guest);
    }
  }
  const known = new Set(cluster.hosts.map(({ name }) => name));
  const placer = new Placer(cluster, { policy: placementPolicy(usualPolicy) });
  const { restarts, left } = planFailover({
    ...{ cluster, waiting },
    watched: watched.filter(({ id }) => known.has(id)),
    place(guest) {
      const { name } = cluster.guests.describe(guest);
      const failedOn = earlier.get(name)?.failedOn;
      const allowed = (host: number) => failedOn?.has(cluster.hostName(host)) !== true;
      const answer = placer.decide(guest, { allowed });
      // Where it has failed everywhere, any may do better by now.
      return answer.state === 'placed' ? answer : placer.decide(guest);
    },
  });
  const begun = restarts.map(({ guest, place }): OperationRecord => {
    const record = own(state.guests, cluster.guests.describe(guest).name);
    if (record === undefined) throw new Error('a guest that is not known was to be restarted');
    const part = `failover-${record.host}`;
    // Agents remember what they have done, also after this master has forgotten it: no two are called alike.
    const life = own(state.hosts, record.host)?.fenced?.boot ?? '';
    const once = digestOfText(life, now, record.name).slice(0, 12);
    return {
      ...{ id: `${part}-${(earlier.get(record.name)?.count ?? 0) + 1}-${once}`, part },
      ...{ action: 'restart', guest: record.name, host: record.host },
      ...{ target: cluster.hostName(place.host), spec: guestShapeOf(record) },
      ...{ digest: digestOfText(part, record.name), state: 'doing', at: 0 },
      decision: `host ${record.host} is lost`,
    };
  });
  const without = left
    .map(({ guest }) => cluster.guests.describe(guest).name)
    .filter((name) => own(state.guests, name)?.waiting !== true);
  if (begun.length + without.length + held.length === 0) return undefined;
  return { kind: 'failover', operations: begun, waiting: [...without, ...held] };
}

/** Whether it should run, and its host is known to run it no more. */
function isLost(
  { hosts }: MasterState,
  { host, state: wanted, waiting, unmanaged }: GuestRecord,
): boolean {
  if (unmanaged) return false;
  return waiting === true || (wanted === 'running' && own(hosts, host)?.fenced !== undefined);
}

/** How often a guest was started elsewhere, where that failed, and since when the last of them. */
interface Tries {
  count: number;
  failures: number;
  readonly failedOn: Set<string>;
  failedSince?: number | undefined;
}

function isRested(tries: Tries | undefined, now: number): boolean {
  if (tries?.failedSince === undefined) return true;
  return now - tries.failedSince >= backoff(tries.failures) * 1000;
}

function triesOf(operations: readonly OperationRecord[]): Map<string, Tries> {
  const tries = new Map<string, Tries>();
  for (const { action, guest, state, since, target } of operations) {
    if (action !== 'restart') continue;
    const known: Tries = tries.get(guest) ?? { count: 0, failures: 0, failedOn: new Set() };
    known.count++;
    if (state === 'undone') {
      known.failures++;
      known.failedSince = since;
      if (target !== undefined) known.failedOn.add(target);
    } else if (state === 'done') {
      Object.assign(known, { failures: 0, failedSince: undefined });
      known.failedOn.clear();
    }
    tries.set(guest, known);
  }
  return tries;
}

import { planFailover } from '../../cluster/failover/index.ts';
import type { WatchedHost } from '../../cluster/failover/health.ts';
import { Placer, placementPolicy } from '../../cluster/placement/index.ts';
import { clusterOf, type IsUp } from '../operations/placing.ts';
import {
  isPending,
  own,
  type MasterEntry,
  type MasterState,
  type OperationRecord,
} from '../state.ts';
import { digestOfText, usualPolicy } from '../operations/submit.ts';
import { guestShapeOf } from '../../wire/messages/guest-shape.ts';

/** Seconds between two tries to start a guest. */
const pause = 10;

type FailoverEntry = Extract<MasterEntry, { kind: 'failover' }>;

/**
 * Where the guests of fenced hosts are started. A guest with an operation under way waits until that has
 * come to its end. Ids follow from host, life and guest, so that nothing is started twice.
 * @param now milliseconds since 1970
 * @returns what is to be written down; undefined where nothing is
 */
export function planRestarts(
  state: MasterState,
  isUp: IsUp,
  watched: readonly WatchedHost[],
  now: number,
): FailoverEntry | undefined {
  const busy = new Set(
    Object.values(state.operations)
      .filter(isPending)
      .map(({ guest }) => guest),
  );
  const lost = Object.values(state.guests).filter((guest) => {
    const { name, host, state: wanted, waiting, unmanaged } = guest;
    if (unmanaged || busy.has(name) || now - lastTry(state, name) < pause * 1000) return false;
    if (waiting) return true;
    return wanted === 'running' && own(state.hosts, host)?.fenced !== undefined;
  });
  if (lost.length === 0) return undefined;
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
    place: (guest) => placer.decide(guest),
  });
  const operations = restarts.map(({ guest, place }): OperationRecord => {
    const record = own(state.guests, cluster.guests.describe(guest).name);
    if (record === undefined) throw new Error('a guest that is not known was to be restarted');
    const part = `failover-${record.host}`;
    return {
      ...{ id: `${part}-${nextNumber(state, record.name)}-${record.name}`, part },
      ...{ action: 'restart', guest: record.name, host: record.host },
      ...{ target: cluster.hostName(place.host), spec: guestShapeOf(record) },
      ...{ digest: digestOfText(part, record.name), state: 'doing', at: 0 },
      decision: `host ${record.host} is lost`,
    };
  });
  const without = left
    .map(({ guest }) => cluster.guests.describe(guest).name)
    .filter((name) => own(state.guests, name)?.waiting !== true);
  if (operations.length === 0 && without.length === 0) return undefined;
  return { kind: 'failover', operations, waiting: without };
}

/** When it was tried last. */
function lastTry({ operations }: MasterState, guest: string): number {
  const tries = Object.values(operations).filter(
    (each) => each.action === 'restart' && each.guest === guest && each.state === 'undone',
  );
  return tries.at(-1)?.since ?? -Infinity;
}

/** How many restarts of a guest there were. */
function nextNumber({ operations }: MasterState, guest: string): number {
  const before = Object.values(operations).filter(
    (each) => each.action === 'restart' && each.guest === guest,
  );
  return before.length + 1;
}

import { consolidate } from '../../cluster/consolidation/index.ts';
import { evacuate, type Relocation } from '../../cluster/evacuation/index.ts';
import { Placer, placementPolicy } from '../../cluster/placement/index.ts';
import { rebalance } from '../../cluster/rebalancing/index.ts';
import type { BodyOf } from '../../wire/messages/kinds.ts';
import { Refusal } from '../../wire/refusal.ts';
import type { Liveness } from '../liveness.ts';
import { clusterOf } from './placing.ts';
import { own } from '../records.ts';
import {
  isPending,
  type ArrangementRecord,
  type GuestRecord,
  type MasterEntry,
  type MasterState,
  type OperationRecord,
} from '../state.ts';
import { digestOfText, expectId, usualPolicy } from './submit.ts';
import { guestShapeOf } from '../../wire/messages/guest-shape.ts';

export type Arranged = Omit<Extract<MasterEntry, { kind: 'arranged' }>, 'kind'>;

/** Seconds that a move costs in the balance: it grows with the memory that is sent. */
const costOfMove = ({ memory }: { memory: number }) => 1 + memory / 2 ** 30;

/**
 * Decides which guests are moved where; or what the same request has decided before.
 * @throws Refusal that says why not
 */
export function planArrangement(
  state: MasterState,
  liveness: Pick<Liveness, 'isUp' | 'usage'>,
  { id, what, host }: BodyOf<'arrange'>,
): { arranged: Arranged; known: boolean } {
  const digest = digestOfText(what, host ?? '');
  const before = knownArrangement(state, id, digest);
  if (before !== undefined) return { arranged: before, known: true };
  if (what === 'return') return { arranged: returned(state, id, digest, host), known: false };
  const busy = Object.values(state.operations).find(isPending);
  if (busy !== undefined) {
    throw new Refusal('busy', `operation ${busy.id} (${busy.action}) is under way`);
  }
  const isUp = (name: string) => liveness.isUp(name);
  const cluster = clusterOf(state, isUp, (at, guest) => liveness.usage(at, guest));
  // What does not run cannot be moved: it takes its room, and stays.
  const left: { guest: string; why: string }[] = [];
  const moves: Relocation[] = [];
  const name = (index: number) => cluster.guests.describe(index).name;
  const stays = (guest: string) => whyItStays(own(state.guests, guest));
  if (what === 'evacuate') {
    const record = host === undefined ? undefined : own(state.hosts, host);
    if (record?.registered === undefined) {
      throw new Refusal('not allowed', `there is no host ${host ?? 'named'}`);
    }
    const placer = new Placer(cluster, { policy: placementPolicy(usualPolicy) });
    const at = cluster.host(record.name);
    cluster.setHealth(at, 'draining');
    for (const guest of [...cluster.guestsOn(at)]) {
      const why = stays(name(guest));
      if (why === undefined) continue;
      left.push({ guest: name(guest), why });
      cluster.unplace(guest);
    }
    const evacuation = evacuate(cluster, at, placer);
    moves.push(...evacuation.moves);
    left.push(
      ...evacuation.left.map(({ guest, refusal }) => ({ guest: name(guest), why: refusal.why })),
    );
  } else {
    const found =
      what === 'rebalance'
        ? rebalance(cluster, { cost: (guest) => costOfMove(cluster.guests.describe(guest).demand) })
        : consolidate(cluster);
    moves.push(...found.moves);
  }
  const wanted = moves.filter(({ guest, from, to }) => {
    if (from.host === to.host) return false;
    const why = stays(name(guest));
    if (why === undefined) return true;
    left.push({ guest: name(guest), why });
    return false;
  });
  const operations = wanted.map(({ guest, from, to }, index): OperationRecord => {
    const record = own(state.guests, name(guest));
    if (record === undefined) throw new Error(`${name(guest)} is no guest`);
    return {
      ...{ id: `${id}.${index + 1}`, action: 'migrate', guest: record.name, digest, part: id },
      ...{ host: cluster.hostName(from.host), target: cluster.hostName(to.host) },
      ...{ spec: guestShapeOf(record), state: 'doing', at: 0 },
      decision: host === undefined ? what : `${what} ${host}`,
      ...(index > 0 && { after: `${id}.${index}` }),
      // Room that another guest was to leave is not there if it stayed; a host that is evacuated
      // makes nobody wait for that.
      ...(index > 0 && what !== 'evacuate' && { onlyIfDone: true }),
    };
  });
  const record: ArrangementRecord = { digest, operations: operations.map((each) => each.id), left };
  const draining = what === 'evacuate' && host !== undefined ? { host, on: true } : undefined;
  return {
    arranged: { id, record, operations, ...(draining && { draining }) },
    known: false,
  };
}

/**
 * What the same request has decided before.
 * @throws Refusal if the id was that of another request, or can be none
 */
export function knownArrangement(
  state: MasterState,
  id: string,
  digest: string,
): Arranged | undefined {
  expectId(id);
  const before = own(state.arrangements, id);
  if (
    (before === undefined && own(state.operations, id)) ||
    (before?.digest ?? digest) !== digest
  ) {
    throw new Refusal('not allowed', `${id} was the id of another request`);
  }
  const operations = before?.operations.flatMap((each) => own(state.operations, each) ?? []);
  return before && { id, record: before, operations: operations ?? [] };
}

/** Why a guest cannot be moved while it runs. */
function whyItStays(guest: GuestRecord | undefined): string | undefined {
  if (guest?.unmanaged) return 'it was converted, and its agent does not run it';
  return guest?.state === 'running' ? undefined : 'it does not run';
}

function returned(
  state: MasterState,
  id: string,
  digest: string,
  host: string | undefined,
): Arranged {
  if (host === undefined || own(state.hosts, host) === undefined) {
    throw new Refusal('not allowed', `there is no host ${host ?? 'named'}`);
  }
  const record = { digest, operations: [], left: [] };
  return { id, record, operations: [], draining: { host, on: false } };
}

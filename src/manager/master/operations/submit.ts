import { createHash } from 'node:crypto';
import { guestShapeOf } from '../../wire/messages/guest-shape.ts';
import type { BodyOf, Change, GuestState } from '../../wire/messages/kinds.ts';
import { Refusal } from '../../wire/refusal.ts';
import { chooseHost, clusterOf, usualStorage, type ClusterFor, type IsUp } from './placing.ts';
import { own } from '../records.ts';
import { isPending, type GuestRecord, type MasterState, type OperationRecord } from '../state.ts';

type Submit = BodyOf<'submit'>;

/** How a guest is by its host's own account; undefined where that is not known. */
export type Seen = (host: string, guest: string) => GuestState | undefined;

/** How guests are placed where nobody says otherwise. */
export const usualPolicy = 'smps-reconstructed';

/** Longest id of an operation: those of its commands are longer. */
const longestId = 100;

/**
 * What is to be done about a request: the operation that it asks for, or the one that it has asked for
 * before.
 * @param isUp whether a host takes guests now
 * @param seen how a guest is by its host's own account, if that is known
 * @throws Refusal that says why it cannot be done
 */
export function planOperation(
  state: MasterState,
  isUp: (host: string) => boolean,
  request: Submit,
  seen: Seen = () => undefined,
  clusterFor: ClusterFor = clusterOf,
): { operation: OperationRecord; known: boolean } {
  const { id } = request;
  expectId(id);
  const digest = digestOf(request);
  const before = own(state.operations, id);
  if (before !== undefined) {
    if (before.digest === digest) return { operation: before, known: true };
    throw new Refusal('not allowed', `${id} was the id of another request`);
  }
  const busy = Object.values(state.operations).find(
    (operation) => operation.guest === request.guest && isPending(operation),
  );
  if (busy !== undefined) {
    throw new Refusal(
      'busy',
      `operation ${busy.id} (${busy.action}) of ${request.guest} is under way`,
    );
  }
  const { action, guest } = request;
  if (action === 'restart') throw new Refusal('not allowed', 'restart is for the master only');
  if (action === 'convert') throw new Refusal('not allowed', 'machines are converted by adopt');
  const place =
    action === 'create'
      ? created(state, isUp, request, clusterFor)
      : existing(state, isUp, request, seen, clusterFor);
  return {
    operation: { id, action, guest, digest, state: 'doing', at: 0, ...place },
    known: false,
  };
}

/** @throws Refusal if it cannot be that of a request */
export function expectId(id: string): void {
  if (id.length <= longestId && !id.includes(':')) return;
  const expected = `expected an id of ${longestId} characters at most, without ":"`;
  throw new Refusal('not allowed', expected);
}

type Plan = Pick<OperationRecord, 'host' | 'target' | 'spec' | 'change' | 'decision'>;

function created(state: MasterState, isUp: IsUp, request: Submit, clusterFor: ClusterFor): Plan {
  const { guest, spec: asked, host: only, policy = usualPolicy } = request;
  const storage = asked?.storage ?? usualStorage(state);
  const spec = asked && { ...asked, ...(storage !== undefined && { storage }) };
  if (own(state.guests, guest) !== undefined) {
    throw new Refusal('not allowed', `there is a guest ${guest}`);
  }
  if (spec === undefined || spec.vcpus < 1 || spec.memory < 1) {
    throw new Refusal('not allowed', 'a new guest needs at least 1 vCPU and some memory');
  }
  return { ...chooseHost(state, isUp, { guest, spec, only, policy }, clusterFor), spec };
}

function existing(
  state: MasterState,
  isUp: IsUp,
  request: Submit,
  seen: Seen,
  clusterFor: ClusterFor,
): Plan {
  const { action, guest, host: only, policy = usualPolicy } = request;
  const known = own(state.guests, guest);
  if (known === undefined) throw new Refusal('not allowed', `there is no guest ${guest}`);
  // It may have ended by itself.
  const ended = seen(known.host, guest) === 'stopped';
  const record: GuestRecord = ended ? { ...known, state: 'stopped' } : known;
  const { host } = record;
  const spec = guestShapeOf(record);
  if (known.unmanaged && action !== 'remove') {
    const why = `guest ${guest} was converted: its agent does not run it, so ${action} is not for the cluster`;
    throw new Refusal('not allowed', why);
  }
  const refused = () => new Refusal('not allowed', `guest ${guest} is ${record.state}`);
  switch (action) {
    case 'start':
      if (record.state !== 'stopped') throw refused();
      return { host, spec };
    case 'stop':
      // One that has ended by itself would be started again.
      if (known.state !== 'running') throw refused();
      return { host };
    case 'remove':
      if (known.unmanaged) return { host };
      if (record.state !== 'stopped') throw refused();
      return { host };
    case 'plug':
      if (record.state !== 'running') throw refused();
      expectRoom();
      return { host, change: expectChange(action, request.change) };
    case 'unplug':
      if (record.state !== 'running') throw refused();
      return { host, change: expectChange(action, request.change) };
    default: {
      if (record.state !== 'running') {
        const why = `guest ${guest} is ${record.state}: only running ones are moved`;
        throw new Refusal('not allowed', why);
      }
      const question = { guest, spec, only, not: host, policy, from: host };
      const choice = chooseHost(state, isUp, question, clusterFor);
      return { host, spec, target: choice.host, decision: choice.decision };
    }
  }

  /** What is added is promised as well. */
  function expectRoom(): void {
    const { what, amount = 0 } = request.change ?? {};
    if (what === undefined || what === 'nic' || !isUp(host)) return;
    const none = { vcpus: 0, memory: 0, disk: 0, image: spec.image };
    const question = { guest, spec: { ...none, [what]: amount }, only: host, policy: usualPolicy };
    chooseHost(state, isUp, question, clusterFor);
  }
}

function expectChange(action: 'plug' | 'unplug', change: Submit['change']): Change {
  const amount = change?.amount ?? 0;
  const named = change?.what === 'disk' || change?.what === 'nic';
  if (change === undefined) throw new Refusal('not allowed', 'expected what to change');
  if (action === 'unplug' && named) {
    if (change.device !== undefined) return change;
    throw new Refusal('not allowed', `expected which ${change.what} to take out`);
  }
  if (change.what === 'nic' || amount >= 1) return change;
  throw new Refusal('not allowed', `expected how much of ${change.what}, at least 1`);
}

/** Of any request, so that the same id means the same. */
export function digestOfText(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function digestOf({ action, guest, host, policy, spec, change }: Submit): string {
  return digestOfText(action, guest, host ?? '', policy ?? '', spec ?? {}, change ?? {});
}

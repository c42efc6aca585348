import { createHash } from 'node:crypto';
import type { BodyOf, GuestShape } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import { chooseHost } from './placing.ts';
import { isPending, own, type MasterState, type OperationRecord } from './state.ts';

type Submit = BodyOf<'submit'>;

/** How guests are placed where nobody says otherwise. */
export const usualPolicy = 'smps-reconstructed';

/** Longest id of an operation: those of its commands are longer. */
const longestId = 100;

/**
 * What is to be done about a request: the operation that it asks for, or the one that it has asked for
 * before.
 * @param isUp whether a host takes guests now
 * @throws Refusal that says why it cannot be done
 */
export function planOperation(
  state: MasterState,
  isUp: (host: string) => boolean,
  request: Submit,
): { operation: OperationRecord; known: boolean } {
  const { id } = request;
  if (id.length > longestId || id.includes(':')) {
    throw new Refusal(
      'not allowed',
      `expected an id of ${longestId} characters at most, without ":"`,
    );
  }
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
  const place =
    request.action === 'create' ? created(state, isUp, request) : existing(state, isUp, request);
  const { action, guest } = request;
  return {
    operation: { id, action, guest, digest, state: 'doing', at: 0, ...place },
    known: false,
  };
}

type Plan = Pick<OperationRecord, 'host' | 'target' | 'spec' | 'decision'>;

function created(state: MasterState, isUp: (host: string) => boolean, request: Submit): Plan {
  const { guest, spec, host: only, policy = usualPolicy } = request;
  if (own(state.guests, guest) !== undefined) {
    throw new Refusal('not allowed', `there is a guest ${guest}`);
  }
  if (spec === undefined || spec.vcpus < 1 || spec.memory < 1) {
    throw new Refusal('not allowed', 'a new guest needs at least 1 vCPU and some memory');
  }
  return { ...chooseHost(state, isUp, { guest, spec, only, policy }), spec };
}

function existing(state: MasterState, isUp: (host: string) => boolean, request: Submit): Plan {
  const { action, guest, host: only, policy = usualPolicy } = request;
  const record = own(state.guests, guest);
  if (record === undefined) throw new Refusal('not allowed', `there is no guest ${guest}`);
  const { host, vcpus, memory, disk, image } = record;
  if (action !== 'migrate') {
    const wanted = { start: 'stopped', stop: 'running', remove: 'stopped' }[action as string];
    if (record.state === wanted) return { host };
    throw new Refusal('not allowed', `guest ${guest} is ${record.state}`);
  }
  if (record.state !== 'running') {
    throw new Refusal(
      'not allowed',
      `guest ${guest} is ${record.state}: only running ones are moved`,
    );
  }
  const spec: GuestShape = { vcpus, memory, disk, image };
  const choice = chooseHost(state, isUp, { guest, spec, only, not: host, policy });
  return { host, spec, target: choice.host, decision: choice.decision };
}

function digestOf({ action, guest, host, policy, spec }: Submit): string {
  const asked = [action, guest, host ?? '', policy ?? ''];
  const of = spec ? [spec.vcpus, spec.memory, spec.disk, spec.image] : [];
  return createHash('sha256')
    .update(JSON.stringify([...asked, ...of]))
    .digest('hex');
}

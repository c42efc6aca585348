import type { BodyOf } from '../../wire/messages/kinds.ts';
import { Refusal } from '../../wire/refusal.ts';
import { own } from '../records.ts';
import type { MasterState, OperationRecord } from '../state.ts';
import { knownArrangement, type Arranged } from './arranging.ts';
import { chooseHost, type IsUp } from './placing.ts';
import { digestOfText, usualPolicy } from './submit.ts';

/**
 * Chooses hosts for machines that are to be converted, the largest first, each by what the policy says
 * of those before it; their room is reserved until it is told what became of them. The same request
 * finds what it has decided before.
 * @throws Refusal that says why not
 */
export function planAdoption(
  state: MasterState,
  isUp: IsUp,
  { id, machines }: BodyOf<'adopt'>,
): { arranged: Arranged; known: boolean } {
  const names = machines.map(({ name }) => name).sort();
  const digest = digestOfText('adopt', ...names);
  const before = knownArrangement(state, id, digest);
  if (before !== undefined) return { arranged: before, known: true };
  const left: { guest: string; why: string }[] = [];
  const operations: OperationRecord[] = [];
  const largestFirst = [...machines].sort((a, b) => b.memory - a.memory || b.vcpus - a.vcpus);
  let reserved = state;
  for (const { name: guest, vcpus, memory, disk, refused } of largestFirst) {
    if (refused !== undefined) {
      left.push({ guest, why: refused });
      continue;
    }
    const spec = { vcpus, memory, disk, image: 'converted' };
    try {
      expectNew(reserved, guest);
      const question = { guest, spec, policy: usualPolicy };
      const { host, decision } = chooseHost(reserved, isUp, question);
      const operation: OperationRecord = {
        ...{ id: `${id}.${operations.length + 1}`, action: 'convert', guest, digest, part: id },
        ...{ host, spec, decision, state: 'doing', at: 0 },
      };
      operations.push(operation);
      reserved = {
        ...reserved,
        operations: { ...reserved.operations, [operation.id]: operation },
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      left.push({ guest, why: error.message });
    }
  }
  const record = { digest, operations: operations.map((each) => each.id), left };
  return { arranged: { id, record, operations }, known: false };
}

function expectNew({ guests, operations }: MasterState, guest: string): void {
  const known = own(guests, guest);
  if (known !== undefined) {
    const more = known.unmanaged ? `: it was converted, and runs on ${known.host}` : '';
    throw new Refusal('not allowed', `there is a guest ${guest}${more}`);
  }
  const busy = Object.values(operations).find(
    (each) => each.guest === guest && (each.state === 'doing' || each.state === 'undoing'),
  );
  if (busy === undefined) return;
  throw new Refusal('busy', `operation ${busy.id} (${busy.action}) of ${guest} is under way`);
}

/**
 * How a conversion ends that the master is told of.
 * @returns undefined where that was told before
 * @throws Refusal if there is none, or it ended in another way
 */
export function settlement(
  state: MasterState,
  { id, outcome, reason }: BodyOf<'settle'>,
): {
  operation: OperationRecord;
  to: Pick<OperationRecord, 'state' | 'at' | 'reason'> | undefined;
} {
  const operation = own(state.operations, id);
  if (operation?.action !== 'convert') {
    throw new Refusal('not allowed', `there is no conversion ${id}`);
  }
  const ended = outcome === 'done' ? 'done' : 'undone';
  if (operation.state === ended) return { operation, to: undefined };
  if (operation.state !== 'doing') {
    throw new Refusal('not allowed', `conversion ${id} is ${operation.state} already`);
  }
  return { operation, to: { state: ended, at: 0, ...(reason !== undefined && { reason }) } };
}

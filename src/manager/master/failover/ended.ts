import { guestShapeOf } from '../../wire/messages/guest-shape.ts';
import { backoff } from './backoff.ts';
import { digestOfText } from '../operations/submit.ts';
import { own } from '../records.ts';
import { isPending, type GuestRecord, type MasterState, type OperationRecord } from '../state.ts';

/** Seconds for which a host has to say that a guest has ended: a heartbeat may tell of a moment before. */
const certain = 2;
/** Seconds without such a start after which the next one waits for nothing. */
const calm = 600;

/** The first and the last time that a host has said, without a break, that a guest is stopped (ms since 1970). */
export type Stopped = (host: string, guest: string) => { since: number; until: number } | undefined;

/**
 * Guests that nobody has stopped and that have ended all the same, because their QEMU died or they turned
 * themselves off, are started again where they were. Their host is up and says so itself.
 * @param now milliseconds since 1970
 */
export function planStarts(state: MasterState, stopped: Stopped, now: number): OperationRecord[] {
  const ended = Object.values(state.guests).flatMap((guest) => {
    const told = isWanted(state, guest) ? stopped(guest.host, guest.name) : undefined;
    return told === undefined ? [] : [{ guest, told }];
  });
  // Nearly always; what follows looks at every operation.
  if (ended.length === 0) return [];
  const operations = Object.values(state.operations);
  return ended.flatMap(({ guest, told: { since, until } }) => {
    const theirs = operations.filter((operation) => operation.guest === guest.name);
    if (theirs.some(isPending)) return [];
    const settled = Math.max(since, ...theirs.map((operation) => operation.ended ?? 0));
    if (until - settled < certain * 1000) return [];
    const part = `ended-${guest.name}`;
    const earlier = theirs.filter((operation) => operation.part === part);
    return isRested(earlier, now) ? [start(guest, part, earlier.length + 1, now)] : [];
  });
}

/** Whether it should run on a host that has not been lost. */
function isWanted(
  { hosts }: MasterState,
  { host, state, waiting, unmanaged }: GuestRecord,
): boolean {
  const lost = own(hosts, host)?.fenced !== undefined;
  return state === 'running' && !waiting && !unmanaged && !lost;
}

function isRested(earlier: readonly OperationRecord[], now: number): boolean {
  let [row, last] = [0, -Infinity];
  for (const { since = 0, ended = since } of earlier) {
    row = since - last < calm * 1000 ? row + 1 : 1;
    last = ended;
  }
  return now - last >= backoff(row) * 1000;
}

function start(guest: GuestRecord, part: string, count: number, now: number): OperationRecord {
  const { name, host } = guest;
  // Agents remember what they have done, also after this master has forgotten it: no two are called alike.
  const once = digestOfText(now, name).slice(0, 12);
  return {
    ...{ id: `${part}-${count}-${once}`, part, action: 'start', guest: name, host },
    ...{ spec: guestShapeOf(guest), digest: digestOfText(part, name), state: 'doing', at: 0 },
    ...{ decision: 'it had ended by itself', since: now },
  };
}

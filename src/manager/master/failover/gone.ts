import { listed } from '../../../base/listed.ts';
import { Refusal } from '../../wire/refusal.ts';
import { own } from '../records.ts';
import { isPending, type HostRecord, type MasterEntry, type MasterState } from '../state.ts';

type Expelled = Extract<MasterEntry, { kind: 'expelled' }>;

/** So many names are told. */
const most = 5;

/**
 * What is to be written down for a host that shall be a member no more.
 * @param withGuests those that are on record there go with it, if the host is off for certain
 * @throws Refusal that says what has to be done before
 */
export function planRemoval(state: MasterState, host: string, withGuests: boolean): Expelled {
  const record = own(state.hosts, host);
  if (record === undefined) throw new Refusal('not allowed', `there is no host ${host}`);
  const busy = Object.values(state.operations).find(
    (operation) => isPending(operation) && [operation.host, operation.target].includes(host),
  );
  if (busy !== undefined) {
    const why = `operation ${busy.id} (${busy.action} ${busy.guest}) of ${host} is under way`;
    throw new Refusal('busy', why);
  }
  const guests = Object.values(state.guests).filter((guest) => guest.host === host);
  const names = guests.map(({ name }) => name);
  if (names.length > 0 && !(withGuests && record.fenced !== undefined)) {
    throw new Refusal('not allowed', `${host} has ${listed(names, most)}: ${remedy(record)}`);
  }
  return { kind: 'expelled', host, serials: own(state.issued, host) ?? [], guests: names };
}

function remedy({ name, fenced }: HostRecord): string {
  return fenced === undefined
    ? `move them off (cluster evacuate ${name}), remove what is stopped there; of a host that is lost, say that it is off (cluster confirm-fenced ${name})`
    : 'they have no place elsewhere; --with-guests forgets them';
}

import { amounts, Cluster } from '../cluster/model/index.ts';
import { Placer, placementPolicy } from '../cluster/placement/index.ts';
import type { GuestShape } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import { isPending, type MasterState } from './state.ts';

export interface Question {
  readonly guest: string;
  readonly spec: GuestShape;
  /** The only host that may be chosen. */
  readonly only?: string | undefined;
  /** A host that may not be chosen: where it is. */
  readonly not?: string | undefined;
  readonly policy: string;
}

export interface Choice {
  readonly host: string;
  /** Why this one, in words. */
  readonly decision: string;
}

/**
 * Chooses a host for a guest by what is promised to the others; what is on its way counts too.
 * @param isUp whether a host takes guests now
 * @throws Refusal that says what keeps which hosts from taking it
 */
export function chooseHost(
  state: MasterState,
  isUp: (host: string) => boolean,
  { guest, spec, only, not, policy }: Question,
): Choice {
  const cluster = clusterOf(state, isUp);
  const asked = cluster.add({ name: `new ${guest}`, demand: demandOf(spec) });
  const placer = new Placer(cluster, { policy: placementPolicy(policy) });
  const allowed = (host: number) => {
    const name = cluster.hostName(host);
    return name !== not && name === (only ?? name);
  };
  const answer = placer.decide(asked, { allowed });
  if (answer.state === 'placed') {
    const host = cluster.hostName(answer.place.host);
    if (only !== undefined) return { host, decision: 'asked for' };
    const up = Object.keys(state.hosts).filter((name) => isUp(name) && name !== not).length;
    const cost = answer.cost === 0 ? '' : `, cost ${answer.cost.toPrecision(3)}`;
    return { host, decision: `${policy} among ${up} host${up === 1 ? '' : 's'}${cost}` };
  }
  throw new Refusal('not allowed', `no place for ${guest}: ${answer.refusal.why}`);
}

/** What is promised on each host; also of guests that are being created or moved. */
export function clusterOf(state: MasterState, isUp: (host: string) => boolean): Cluster {
  const hosts = Object.values(state.hosts).flatMap(({ name, registered }) => {
    if (registered === undefined) return [];
    const { cpu, memory, disk } = registered;
    const health = isUp(name) ? ('up' as const) : ('suspect' as const);
    return [{ name, capacity: amounts({ cpu, memory, disk }), health }];
  });
  const known = new Set(hosts.map(({ name }) => name));
  const pending = Object.values(state.operations).filter(isPending);
  const guests = [
    ...Object.values(state.guests).map((guest) => ({ ...guest, at: guest.host })),
    ...pending.flatMap(({ id, action, spec, host, target }) =>
      spec && (action === 'create' || action === 'migrate')
        ? [{ ...spec, name: `operation ${id}`, at: target ?? host }]
        : [],
    ),
  ];
  return new Cluster({
    hosts,
    guests: guests.map(({ name, at, ...spec }) => ({
      name,
      demand: demandOf(spec),
      ...(known.has(at) && { place: { host: at } }),
    })),
  });
}

function demandOf({ vcpus, memory, disk }: GuestShape) {
  return amounts({ cpu: vcpus, memory, disk });
}

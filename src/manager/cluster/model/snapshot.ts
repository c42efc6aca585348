import type { Cluster } from './cluster.ts';
import type { ClusterDescription, GuestDescription } from './description.ts';
import { nowhere, type GuestIndex } from './place.ts';
import { resources, type Amounts } from './resources.ts';

/** The present state of a cluster in plain data; a cluster made of it decides alike. */
export function snapshot(cluster: Cluster): ClusterDescription {
  const { services, rules } = cluster;
  return {
    hosts: cluster.hosts.map((host, index) => ({ ...host, health: cluster.health[index] ?? 'up' })),
    guests: [...cluster.guests.all()].map((guest) => guestNow(cluster, guest)),
    services,
    rules,
  };
}

function guestNow(cluster: Cluster, guest: GuestIndex): GuestDescription {
  const description: GuestDescription & { place?: GuestDescription['place'] } = {
    ...cluster.guests.describe(guest),
  };
  delete description.place;
  const width = resources.length;
  const load = Object.fromEntries(
    resources.map((resource, at) => [resource, cluster.guests.load[guest * width + at] ?? 0]),
  ) as Amounts;
  const place = cluster.placeOf(guest);
  if (place === undefined) return { ...description, load };
  const host = cluster.hostName(place.host);
  const backup = place.backup === nowhere ? {} : { backup: cluster.hostName(place.backup) };
  return { ...description, load, place: { host, ...backup } };
}

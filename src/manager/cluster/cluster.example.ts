import fc from 'fast-check';
import {
  amounts,
  Cluster,
  resources,
  type ClusterDescription,
  type GuestDescription,
  type HostDescription,
} from './model/index.ts';
import { Placer, placementPolicy } from './placement/index.ts';

const gibibyte = 2 ** 30;

const hostArbitrary = fc.record({
  cpu: fc.integer({ min: 1, max: 8 }),
  memory: fc.integer({ min: 1, max: 16 }),
  disk: fc.integer({ min: 0, max: 16 }),
  storages: fc.subarray(['local', 'shared']),
  accelerators: fc.subarray(['kvm', 'tcg', 'xen-pvh'] as const, { minLength: 1 }),
  cpuModels: fc.subarray(['old', 'new']),
  health: fc.constantFrom('up', 'up', 'up', 'up', 'draining', 'down' as const),
  group: fc.constantFrom('a', 'a', 'b'),
  transaction: fc.integer({ min: 0, max: 20 }),
});

const guestArbitrary = fc.record({
  cpu: fc.constantFrom(0.5, 1, 2),
  memory: fc.integer({ min: 0, max: 4 }),
  disk: fc.constantFrom(0, 1, 3),
  load: fc.constantFrom(0, 0.5, 1),
  mirrored: fc.constantFrom(false, false, true),
  antiAffinity: fc.constantFrom([], [], ['red'], ['blue'], ['red', 'blue']),
  storages: fc.constantFrom([], [], [], ['shared']),
  accelerator: fc.constantFrom(undefined, undefined, 'kvm' as const),
  cpuModel: fc.constantFrom(undefined, undefined, undefined, 'new'),
  follows: fc.constantFrom(undefined, undefined, undefined, 0, 1),
});

/** Small clusters in which every constraint bites now and then; no guest has a place yet. */
export const clusterArbitrary: fc.Arbitrary<ClusterDescription> = fc
  .record({
    hosts: fc.array(hostArbitrary, { minLength: 1, maxLength: 7 }),
    guests: fc.array(guestArbitrary, { maxLength: 24 }),
    nPlusOne: fc.constantFrom([], ['memory'] as const, ['cpu', 'memory'] as const),
    cpu: fc.constantFrom(1, 2),
  })
  .map(({ hosts, guests, nPlusOne, cpu }) => ({
    rules: { nPlusOne: [...nPlusOne], overcommit: { cpu } },
    hosts: hosts.map(({ cpu, memory, disk, ...host }, index): HostDescription => ({
      ...host,
      name: `h${index}`,
      capacity: amounts({ cpu, memory: memory * gibibyte, disk: disk * gibibyte }),
    })),
    guests: guests.map((guest, index): GuestDescription => {
      const { cpu, memory, disk, load, accelerator, cpuModel, follows, ...others } = guest;
      // Only backwards, so never in a circle, and only where it has no group to be apart from.
      const leads = follows !== undefined && index > follows && others.antiAffinity.length === 0;
      return {
        ...others,
        name: `g${index}`,
        demand: amounts({ cpu, memory: memory * gibibyte, disk: disk * gibibyte }),
        load: { cpu: cpu * load },
        ...(accelerator === undefined ? {} : { accelerator }),
        ...(cpuModel === undefined ? {} : { cpuModel }),
        ...(leads ? { with: `g${follows}` } : {}),
      };
    }),
  }));

/**
 * Every constraint that the places in a cluster break, in words, counted anew from the descriptions:
 * it shares no code and no totals with what it checks.
 */
export function violations(cluster: Cluster): string[] {
  const { hosts, rules } = cluster;
  const placed = [...cluster.guests.all()].flatMap((index) => {
    const place = cluster.placeOf(index);
    return place === undefined ? [] : [{ guest: cluster.guests.describe(index), ...place }];
  });
  const found: string[] = [];
  const over = (host: number, failed: number) => {
    for (const resource of resources) {
      let sum = 0;
      for (const one of placed) {
        const runs = one.host === failed ? one.backup : one.host;
        const copied = resource === 'disk' || resource === 'diskIo';
        const copies =
          one.guest.mirrored === true && copied && [one.host, one.backup].includes(host);
        if (copies || runs === host) sum += one.guest.demand[resource];
      }
      const promised = (hosts[host]?.capacity[resource] ?? 0) * (rules.overcommit?.[resource] ?? 1);
      const reserved = failed < 0 || (rules.nPlusOne ?? []).includes(resource);
      if (reserved && sum > promised) {
        const when = failed < 0 ? '' : ` if ${failed} fails`;
        found.push(`${host} has ${promised} ${resource}, asked for ${sum}${when}`);
      }
    }
  };
  const together = (failed: number) => {
    const seen = new Set<string>();
    for (const one of placed) {
      const runs = one.host === failed ? one.backup : one.host;
      for (const group of one.guest.antiAffinity ?? []) {
        const key = `two of ${group} on ${runs}${failed < 0 ? '' : ` if ${failed} fails`}`;
        if (seen.has(key) && runs >= 0) found.push(key);
        seen.add(key);
      }
    }
  };
  const anyFails = (rules.nPlusOne ?? []).length > 0;
  for (const failed of [-1, ...hosts.keys()]) {
    for (const host of hosts.keys()) {
      if (host !== failed && (failed < 0 || anyFails)) over(host, failed);
    }
    together(failed);
  }
  for (const { guest, host, backup } of placed) {
    const needs = guest.mirrored === true || (rules.nPlusOne ?? []).length > 0;
    if (needs !== backup >= 0 || host === backup) found.push(`${guest.name}: backup ${backup}`);
    for (const at of backup < 0 ? [host] : [host, backup]) {
      const on = hosts[at];
      if (on === undefined) continue;
      if ((guest.storages ?? []).some((name) => on.storages?.includes(name) !== true)) {
        found.push(`${guest.name}: storage`);
      }
      if (guest.accelerator && on.accelerators?.includes(guest.accelerator) !== true) {
        found.push(`${guest.name}: accelerator`);
      }
      if (guest.cpuModel && on.cpuModels?.includes(guest.cpuModel) !== true) {
        found.push(`${guest.name}: CPU model`);
      }
    }
    if (backup >= 0 && hosts[host]?.group !== hosts[backup]?.group)
      found.push(`${guest.name}: group`);
    const leader = placed.find((one) => one.guest.name === guest.with);
    if (guest.with !== undefined && leader?.host !== host) found.push(`${guest.name}: affinity`);
    if (leader !== undefined && Math.min(leader.backup, backup) >= 0 && leader.backup !== backup) {
      found.push(`${guest.name}: affinity of backups`);
    }
  }
  return found;
}

/** Places as many guests as fit, as a cluster is that decisions are taken on. */
export function filled(description: ClusterDescription, policy = 'worst-fit'): Cluster {
  const cluster = new Cluster(description);
  const placer = new Placer(cluster, { policy: placementPolicy(policy) });
  for (const guest of cluster.guests.all()) placer.place(guest);
  return cluster;
}

import type { Random } from '../../../base/stats/random.ts';
import {
  amounts,
  type ClusterDescription,
  type HostDescription,
} from '../../../manager/cluster/model/index.ts';
import { placementPolicy } from '../../../manager/cluster/placement/index.ts';
import {
  correlatedFaults,
  rebalancings,
  traceWorkload,
  unevenSizes,
  workloads,
  type GuestShape,
  type GuestsSimulation,
  type Incident,
  type RoomSimulation,
  type ServicesSimulation,
  type Trace,
  type Workload,
} from '../../../manager/simulator/index.ts';
import type { Levels } from '../../scenario/levels.ts';
import type { SimulationOptions } from './options.ts';

/** What a trial simulates: its levels, the scenario's options, the randomness of its block. */
export interface World {
  readonly levels: Levels;
  readonly options: SimulationOptions;
  readonly random: Random;
  /** For workload trace. */
  readonly trace: Trace | undefined;
  /** The cluster that is asked, where a file describes one. */
  readonly cluster?: ClusterDescription | undefined;
}

/** Guests on hosts. The same world for all policies: what they draw has a stream of its own. */
export function guestsWorld(world: World): GuestsSimulation {
  const { levels, options, random } = world;
  const { times, lifetime, threshold, duration, points, replicas, check } = options;
  const { hosts, guests, placement, rebalancing } = levels;
  return {
    ...{ guests, replicas, check, threshold, duration, points },
    hosts: hostsOf(world, hosts),
    rules: rulesOf(world),
    shapes: shapesOf(world),
    lifetime: lifetime === 'unlimited' ? Infinity : lifetime,
    placement: placementPolicy(placement),
    rebalance: rebalancings[rebalancing]({
      migrate: { setup: times.migrateSetup, rate: times.migrateRate },
      moves: options.moves,
    }),
    workload: workloadOf(world, guests),
    incidents: incidentsOf(world, hosts),
    times: {
      create: times.create,
      migrate: { setup: times.migrateSetup, rate: times.migrateRate },
      restart: times.restart,
      startsAtOnce: times.startsAtOnce,
      heartbeats: { interval: times.heartbeat, missed: times.missed, grace: times.grace },
      fence: times.fence,
    },
    random: random.fork('guests'),
    draws: random.fork(`draws ${placement}`),
  };
}

/** Services that share hosts. */
export function servicesWorld(world: World): ServicesSimulation {
  const { levels, options, random } = world;
  const { times, services, threshold, hysteresis, duration, points } = options;
  const { hosts, sharing } = levels;
  return {
    ...{ policy: sharing, rules: { threshold, hysteresis }, duration, points },
    sizes: unevenSizes(hosts, Math.min(services, hosts), random.fork('sizes')),
    workload: workloadOf(world, Math.min(services, hosts)),
    incidents: incidentsOf(world, hosts),
    times: {
      report: times.report,
      detect: times.heartbeat * times.missed,
      grant: times.grant,
      drain: times.drain,
    },
    random: random.fork(`draws ${sharing}`),
  };
}

/** A cluster that is asked how much room it has. */
export function roomWorld(world: World): RoomSimulation {
  const { levels, random, cluster } = world;
  const asked =
    cluster === undefined
      ? { hosts: hostsOf(world, levels.hosts), rules: rulesOf(world), guests: levels.guests }
      : { hosts: cluster.hosts, rules: cluster.rules ?? {}, present: cluster.guests, guests: 0 };
  return {
    ...asked,
    shapes: shapesOf(world),
    placement: placementPolicy(levels.placement),
    random: random.fork('room'),
    draws: random.fork(`draws ${levels.placement}`),
  };
}

/** Hosts of the kinds asked for, in random order. */
export function hostsOf({ options, random }: World, count: number): HostDescription[] {
  const draws = random.fork('hosts');
  return Array.from({ length: count }, (_, index) => {
    const { cpus, memory, disk, diskIo, transaction } = drawn(options.hostKinds, draws);
    const capacity = amounts({ cpu: cpus, memory, disk, diskIo });
    return { name: `h${String(index).padStart(5, '0')}`, capacity, transaction };
  });
}

export function shapesOf({ options }: World): GuestShape[] {
  return options.guestKinds.map(({ cpus, memory, disk, diskIo, weight, priority }) => ({
    ...{ demand: amounts({ cpu: cpus, memory, disk, diskIo }), weight, priority },
  }));
}

export function rulesOf({ levels, options }: World): GuestsSimulation['rules'] {
  return {
    overcommit: { cpu: options.overcommit },
    ...(levels.nPlusOne && { nPlusOne: ['cpu', 'memory'] }),
  };
}

function workloadOf({ levels, options, random, trace }: World, subjects: number): Workload {
  const { mean, spread, step } = options.load;
  if (levels.workload === 'trace') {
    if (trace === undefined) throw new Error('workload trace without a trace');
    return traceWorkload(trace);
  }
  const make = workloads[levels.workload];
  return make({ subjects, mean, spread, step, random: random.fork(`load ${levels.workload}`) });
}

function incidentsOf({ levels, options, random }: World, hosts: number): Incident[] {
  const { incidents, duration, repair } = options;
  const draws = random.fork('faults');
  return correlatedFaults({
    ...{ hosts, together: levels.faults, incidents, duration, repair, random: draws },
  });
}

function drawn<T extends { readonly weight: number }>(kinds: readonly T[], random: Random): T {
  let left = random.next() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  return kinds.at(-1) as T;
}

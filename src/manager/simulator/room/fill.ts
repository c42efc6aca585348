import type { Random } from '../../../base/stats/random.ts';
import { planFailover, hear, watchHost } from '../../cluster/failover/index.ts';
import {
  Cluster,
  resources,
  width,
  type ClusterRules,
  type Constraint,
  type HostDescription,
  type Resource,
} from '../../cluster/model/index.ts';
import { Placer, type PlacementPolicy } from '../../cluster/placement/index.ts';
import type { GuestShape } from '../guests/options.ts';
import { stepLength, type InSteps } from '../in-steps.ts';

/** Questions of capacity to a cluster that guests have come to. */
export interface RoomSimulation {
  readonly hosts: readonly HostDescription[];
  readonly rules: ClusterRules;
  /** Guests that are there already. */
  readonly guests: number;
  /** Kinds of guests; one is drawn for each that comes. */
  readonly shapes: readonly GuestShape[];
  readonly placement: PlacementPolicy;
  /** Of the world: the same whatever is decided. */
  readonly random: Random;
  /** For policies that draw. */
  readonly draws: Random;
}

export interface RoomOutcome {
  /** Guests that were to be there and found no place. */
  readonly refused: number;
  /** Guests that came after them until one found no place. */
  readonly fit: number;
  /** For what that one found no place, and how many hosts lack what. */
  readonly binding: Constraint;
  readonly obstacles: ReadonlyMap<Constraint, number>;
  /** Share of each resource of the whole cluster that is taken then. */
  readonly taken: ReadonlyMap<Resource, number>;
  /** Hosts that failed one after the other, at random, until a guest could not be started again. */
  readonly survivable: number;
}

/** How many more guests fit, what runs out first, and how many hosts may fail. */
export function* roomInSteps(options: RoomSimulation): InSteps<RoomOutcome> {
  const { shapes, guests: present, random } = options;
  const weights = shapes.reduce((sum, { weight }) => sum + weight, 0);
  const draw = random.fork('shapes');
  const { cluster, come } = begin();
  let refused = 0;
  for (let index = 0; index < present; index++) {
    if (come(draw).state === 'refused') refused++;
    if (index % stepLength === stepLength - 1) yield;
  }
  yield;
  const places = [...cluster.guests.all()].map((guest) => ({
    guest: cluster.guests.describe(guest),
    place: cluster.placeOf(guest),
  }));
  let fit = 0;
  let last = come(draw);
  for (; last.state === 'placed'; last = come(draw)) {
    if (++fit % stepLength === 0) yield;
  }
  const { binding, hosts: obstacles } = last.refusal;
  const taken = new Map(resources.map((resource, at) => [resource, takenShare(cluster, at)]));
  yield;
  const survivable = yield* failOneByOne();
  return { refused, fit, binding, obstacles, taken, survivable };

  /** The next guest of a cluster, placed if there is a place. */
  function begin() {
    const { hosts, rules, placement, draws } = options;
    const cluster = new Cluster({ hosts, rules, guests: [] });
    const placer = new Placer(cluster, { policy: placement, random: draws });
    let came = 0;
    const come = (from: Random) => {
      let left = from.next() * weights;
      const shape = shapes.find(({ weight }) => (left -= weight) < 0) ?? shapes.at(-1);
      const { demand, priority } = shape as GuestShape;
      const guest = cluster.add({ name: `g${came++}`, demand, priority });
      const answer = placer.place(guest);
      if (answer.state === 'refused') cluster.remove(guest);
      return answer;
    };
    return { cluster, placer, come };
  }

  function* failOneByOne(): InSteps<number> {
    const { cluster: again, placer: where } = begin();
    for (const { guest, place } of places) {
      const index = again.add(guest);
      if (place !== undefined) again.place(index, place);
    }
    const all = options.hosts.map((_, host) => host);
    let failed = 0;
    for (const host of random.fork('failures').shuffle(all)) {
      const watched = watchHost(again.hostName(host), '1', 0);
      const proof = { by: 'the simulation', at: 0, boot: '1' };
      const rules = { interval: 1, missed: 1, grace: 1 };
      const { host: fenced } = hear(watched, { type: 'fenced', proof }, rules);
      const place = (guest: number) => where.decide(guest);
      if (planFailover({ cluster: again, watched: [fenced], place }).left.length > 0) break;
      failed++;
      yield;
    }
    return failed;
  }
}

/** Of what guests may take of all hosts together. */
function takenShare({ hosts, used, limit }: Cluster, resource: number): number {
  let [taken, all] = [0, 0];
  for (let host = 0; host < hosts.length; host++) {
    taken += used[host * width + resource] ?? 0;
    all += limit[host * width + resource] ?? 0;
  }
  return all === 0 ? 0 : taken / all;
}

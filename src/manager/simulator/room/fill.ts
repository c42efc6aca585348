import type { Random } from '../../../base/stats/random.ts';
import { failuresSurvived } from '../../cluster/capacity/index.ts';
import {
  Cluster,
  resources,
  width,
  type ClusterRules,
  type Constraint,
  type GuestDescription,
  type HostDescription,
  type PlacementAnswer,
  type Resource,
} from '../../cluster/model/index.ts';
import { Placer, type PlacementPolicy } from '../../cluster/placement/index.ts';
import { drawShape } from '../guests/draw-shape.ts';
import type { GuestShape } from '../guests/options.ts';
import { stepLength, type InSteps } from '../in-steps.ts';

/** Questions of capacity to a cluster that guests have come to. */
export interface RoomSimulation {
  readonly hosts: readonly HostDescription[];
  readonly rules: ClusterRules;
  /** Guests that are where they are from the beginning; none by default. */
  readonly present?: readonly GuestDescription[];
  /** Guests that come to them, before anything is asked. */
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
  /** Hosts that may fail one after the other, the fullest first, until a guest has no place. */
  readonly survivable: number;
}

/** How many more guests fit, what runs out first, and how many hosts may fail. */
export function* roomInSteps(options: RoomSimulation): InSteps<RoomOutcome> {
  const { hosts, rules, present = [], placement: policy, draws, random } = options;
  const cluster = new Cluster({ hosts, rules, guests: present });
  const placer = new Placer(cluster, { policy, random: draws });
  let refused = 0;
  for (let number = 0; number < options.guests; number++) {
    if (come(number).state === 'refused') refused++;
    if (number % stepLength === 0) yield;
  }
  const survivable = failuresSurvived(cluster, policy).count;
  yield;
  let fit = 0;
  let last = come(options.guests);
  for (; last.state === 'placed'; last = come(options.guests + fit)) {
    if (++fit % stepLength === 0) yield;
  }
  const { binding, hosts: obstacles } = last.refusal;
  const taken = new Map(resources.map((resource, at) => [resource, takenShare(cluster, at)]));
  return { refused, fit, binding, obstacles, taken, survivable };

  /** One more guest, placed if there is a place, else gone. */
  function come(number: number): PlacementAnswer {
    const { demand, priority } = drawShape(options.shapes, random);
    const guest = cluster.add({ name: `new ${number}`, demand, priority });
    const answer = placer.place(guest);
    if (answer.state === 'refused') cluster.remove(guest);
    return answer;
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

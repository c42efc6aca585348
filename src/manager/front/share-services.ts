import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/stats/random.ts';
import type { Front, Place } from '../../platform/front/front.ts';
import {
  planSharing,
  sharingPolicies,
  type Grant,
  type SharingService,
} from '../cluster/sharing/index.ts';
import type { Operator } from '../member/operator.ts';
import type { SharedDirector } from '../wire/messages/kinds.ts';
import { ClusterLender } from './cluster-lender.ts';
import type { Declaration } from './declaration.ts';
import { decisionsOf, type SharingDecision } from './decisions.ts';
import { drain } from './drain.ts';
import { keptFront, samePlace, type KeptFront } from './kept-front.ts';
import { Sharer, type SharedService, type SharingStep } from './sharer.ts';

/** Decisions that the master is told of. */
const told = 40;

export interface ShareServices {
  readonly declaration: Declaration;
  readonly front: Front;
  readonly operator: Operator;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onDecision: (decision: SharingDecision) => void;
  /** Told in words, once each, what keeps it from its work; '' where it goes on. */
  readonly onTrouble: (text: string) => void;
  /** Whether somebody listens there; default: by a TCP connection. */
  readonly answers?: ConstructorParameters<typeof ClusterLender>[0]['answers'];
}

/**
 * Shares services behind a director until the signal aborts, by the same decisions and deeds as the
 * measurement `sharing`, and tells the master how they are. At the end what was lent is given back; the
 * services stay behind the front with their own servers.
 * @throws UserError if a service has no guest, or another process shares these services
 */
export async function shareServices(options: ShareServices): Promise<void> {
  const { declaration, operator, clock, random, signal, now } = options;
  const { policy, threshold, hysteresis, interval, drain: drainLimit } = declaration;
  const front = keptFront(options.front);
  const lender = new ClusterLender({ ...declaration, operator, signal, answers: options.answers });
  const services = await lender.shared();
  const run = randomUUID();
  const rules = { threshold, hysteresis };
  const decisions: SharingDecision[] = [];
  const tell = async (
    demands: readonly SharingService[],
    grants: readonly Grant[],
    over = false,
  ) => {
    const director = pictureOf(declaration, {
      ...{ services, front, lender, demands, grants, decisions },
    });
    await operator.ask({ kind: 'share', run, over, director }, 'ok');
  };
  // Refused here if another process shares them.
  await tell([], []);
  await takeLeftAway(front, services, lender, drainLimit);
  await lender.removeLeft();
  const sharer = new Sharer({
    ...{ services, front, lender, rules, random, clock, drainLimit },
    policy: sharingPolicies[policy],
  });
  let trouble = '';
  let before: SharingStep | undefined;
  const keepOn = async (work: () => Promise<void>) => {
    try {
      await work();
      if (trouble !== '') options.onTrouble((trouble = ''));
    } catch (error) {
      const { message } = error as Error;
      if (message !== trouble) options.onTrouble((trouble = message));
    }
  };
  const note = (step: SharingStep) => {
    for (const decision of decisionsOf(step, now(), before)) {
      decisions.unshift(decision);
      options.onDecision(decision);
    }
    decisions.splice(told);
    before = step;
  };
  await sharer.begin();
  while (!signal.aborted) {
    await keepOn(async () => {
      const step = await sharer.step();
      note(step);
      await tell(step.demands, step.plan.after);
    });
    await sleep(interval * 1000, undefined, { signal }).catch(() => undefined);
  }
  await sharer.end();
  await keepOn(() => tell([], [], true));
}

/** What would be decided now, if nothing were lent yet; changes nothing. */
export async function planServices({
  declaration,
  front,
  random,
  now,
}: Pick<ShareServices, 'declaration' | 'front' | 'random' | 'now'>): Promise<SharingDecision[]> {
  const { policy, threshold, hysteresis } = declaration;
  const seen = await front.services();
  const demands = Object.entries(declaration.services).map(([id, { address, capacity }]) => {
    const found = seen.find((each) => samePlace(each, address));
    return { id, capacity, up: true, demand: found?.rate ?? 0 };
  });
  const rules = { policy: sharingPolicies[policy], rules: { threshold, hysteresis }, random };
  const plan = planSharing({ services: demands, grants: [] }, rules);
  return decisionsOf({ at: 0, demands, plan, started: [], stopped: [], failed: [] }, now());
}

/** Servers that a process before this one has left behind the front go first. */
async function takeLeftAway(
  front: KeptFront,
  services: readonly SharedService[],
  lender: ClusterLender,
  drainLimit: number,
): Promise<void> {
  const seen = await front.services();
  for (const { place, server } of services) {
    const found = seen.find((each) => samePlace(each, place));
    const left = found?.servers.filter(
      (each) => !samePlace(each, server) && lender.isOurs(each.address),
    );
    await Promise.all((left ?? []).map((each) => drain(front, place, each, drainLimit)));
  }
}

interface Seen {
  readonly services: readonly SharedService[];
  readonly front: KeptFront;
  readonly lender: ClusterLender;
  readonly demands: readonly SharingService[];
  readonly grants: readonly Grant[];
  readonly decisions: readonly SharingDecision[];
}

function endpoint({ address, port }: Place): string {
  return `${address}:${port}`;
}

function pictureOf(
  { director, policy, services: declared }: Declaration,
  { services, front, lender, demands, grants, decisions }: Seen,
): SharedDirector {
  return {
    ...{ name: director, policy, grants, decisions },
    services: services.map(({ id, place, server, capacity }) => {
      const seen = front.latest().find((each) => samePlace(each, place));
      return {
        ...{ name: id, address: endpoint(place), capacity },
        demand: demands.find((each) => each.id === id)?.demand ?? 0,
        servers: (seen?.servers ?? []).map(({ weight, active, rate, ...at }) => ({
          ...{ address: endpoint(at), weight, active, rate },
          guest: samePlace(at, server) ? declared[id]?.guest : lender.helperAt(at),
        })),
      };
    }),
  };
}

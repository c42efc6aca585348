import { planSharing, sharingPolicies, type Grant } from '../../cluster/sharing/index.ts';
import { EventQueue } from '../event-queue.ts';
import { stepLength, wholly, type InSteps } from '../in-steps.ts';
import { Lent } from './lent.ts';
import type { ServicesMoment, ServicesOutcome, ServicesSimulation } from './options.ts';

const loadChanges = 0;
const hostsFail = 1;
const faultIsKnown = 2;
const hostsAreBack = 3;
const decide = 4;
const grantArrives = 5;
const drained = 6;
const look = 7;

/** Demand beyond the threshold by less than this share is rounding. */
const dust = 1e-6;

/** Lets services lend to each other as a policy decides. The same options give the same outcome. */
export function simulateServices(options: ServicesSimulation): ServicesOutcome {
  return wholly(servicesInSteps(options));
}

/** The same, piece by piece: whoever drives it can look up now and then. */
export function* servicesInSteps(options: ServicesSimulation): InSteps<ServicesOutcome> {
  const { sizes, workload, incidents, times, duration, points, rules } = options;
  const { threshold } = rules;
  const count = sizes.length;
  const ids = sizes.map((_, index) => `s${String(index).padStart(5, '0')}`);
  const ownerOf = sizes.flatMap((size, service) => Array.from({ length: size }, () => service));
  const queue = new EventQueue();
  const lent = new Lent(ids);
  /** Hosts that run, hosts that the manager believes to run, what users ask for; in hosts. */
  const capacity = Float64Array.from(sizes);
  const believed = Float64Array.from(sizes);
  const demand = new Float64Array(count);
  /** Since when each service is as it is, and how it is. */
  const since = new Float64Array(count);
  const unmetNow = new Float64Array(count);
  const overloadedSince = new Float64Array(count).fill(-1);
  const history: ServicesMoment[] = [];
  /** What belongs to an event and is no whole number. */
  const moving: { key: number; amount: number }[] = [];
  let grants: readonly Grant[] = [];
  let deciding = false;
  let [asked, unmet, overloadTime] = [0, 0, 0];
  let [events, decisions, overloads, granted, borrowers] = [0, 0, 0, 0, 0];

  const share = (donor: number) => {
    const out = lent.out[donor] as number;
    return out === 0 ? 1 : Math.min(1, (capacity[donor] as number) / out);
  };

  /** Books the time since the last change, and looks how the service is from now on. */
  const settle = (service: number) => {
    const now = queue.now;
    const length = now - (since[service] as number);
    asked += (demand[service] as number) * length;
    unmet += (unmetNow[service] as number) * length;
    since[service] = now;
  };
  const judge = (service: number) => {
    const own = capacity[service] as number;
    const load = demand[service] as number;
    const borrowed = lent.serving(service, share);
    const free = Math.max(0, own - (lent.out[service] as number));
    unmetNow[service] = Math.max(0, load - free - borrowed);
    const limit = Math.min(free, threshold * own) + borrowed;
    const overloaded = load > limit + dust * (sizes[service] as number);
    const from = overloadedSince[service] as number;
    if (overloaded && from < 0) {
      overloadedSince[service] = queue.now;
      overloads++;
    } else if (!overloaded && from >= 0) {
      overloadTime += queue.now - from;
      overloadedSince[service] = -1;
    }
  };
  const change = (service: number, action: () => void) => {
    const touched = [service, ...lent.receivers(service)];
    for (const one of touched) settle(one);
    action();
    for (const one of new Set([...touched, ...lent.receivers(service)])) judge(one);
  };
  const decideSoon = () => {
    if (deciding || options.policy === 'none') return;
    deciding = true;
    queue.push(queue.now + times.report, decide);
  };

  const act = () => {
    deciding = false;
    decisions++;
    const services = ids.map((id, index) => ({
      id,
      capacity: believed[index] as number,
      demand: demand[index] as number,
      up: (believed[index] as number) > 0,
    }));
    const plan = planSharing(
      { services, grants },
      { policy: sharingPolicies[options.policy], rules, random: options.random },
    );
    grants = plan.after;
    for (const release of plan.releases) {
      const [from, to] = [Number(release.from.slice(1)), Number(release.to.slice(1))];
      settle(to);
      change(from, () => {
        const { key, draining } = lent.release(release);
        if (draining > 0) later(times.drain, drained, key, draining);
      });
      judge(to);
    }
    for (const grant of plan.grants) {
      change(Number(grant.from.slice(1)), () => {
        later(times.grant, grantArrives, lent.grant(grant), grant.amount);
      });
    }
    granted += plan.grants.length;
    borrowers += new Set(plan.grants.map(({ to }) => to)).size;
  };
  const later = (wait: number, kind: number, key: number, amount: number) => {
    queue.push(queue.now + wait, kind, moving.length);
    moving.push({ key, amount });
  };

  const fault = (index: number, known: Float64Array, by: number) => {
    for (const host of incidents[index]?.hosts ?? []) {
      const owner = ownerOf[host];
      if (owner !== undefined) change(owner, () => (known[owner] = (known[owner] as number) + by));
    }
  };

  const repair = (index: number) => incidents[index]?.repair ?? 0;

  const handle = () => {
    const { kind, subject, now } = queue;
    switch (kind) {
      case loadChanges: {
        settle(subject);
        demand[subject] = workload.level(subject, now) * (sizes[subject] as number);
        judge(subject);
        queue.push(now + workload.wait(subject, now), loadChanges, subject);
        decideSoon();
        return;
      }
      case hostsFail:
        fault(subject, capacity, -1);
        if (times.detect < repair(subject)) queue.push(now + times.detect, faultIsKnown, subject);
        queue.push(now + repair(subject), hostsAreBack, subject);
        return;
      case faultIsKnown:
        fault(subject, believed, -1);
        {
          decideSoon();
          return;
        }
      case hostsAreBack:
        fault(subject, capacity, 1);
        if (times.detect < repair(subject)) fault(subject, believed, 1);
        {
          decideSoon();
          return;
        }
      case decide: {
        act();
        return;
      }
      case grantArrives:
      case drained: {
        const { key, amount } = moving[subject] as (typeof moving)[number];
        const [from, to] = [Math.floor(key / count), key % count];
        settle(to);
        change(from, () =>
          kind === drained ? lent.drained(key, amount) : lent.arrive(key, amount),
        );
        judge(to);
        return;
      }
      case look:
        history.push({
          time: now,
          demand: sum(demand),
          capacity: sum(capacity),
          unmet: sum(unmetNow),
          lent: sum(lent.out),
        });
        return;
    }
  };

  for (let service = 0; service < count; service++) queue.push(0, loadChanges, service);
  for (const [index, { at }] of incidents.entries()) queue.push(at, hostsFail, index);
  for (let point = 1; point <= points; point++) queue.push((duration * point) / points, look);
  while (queue.next() && queue.now <= duration) {
    handle();
    if (++events % stepLength === 0) yield;
  }
  queue.now = duration;
  for (let service = 0; service < count; service++) {
    settle(service);
    const from = overloadedSince[service] as number;
    if (from >= 0) overloadTime += duration - from;
  }
  return {
    ...{ events, decisions, overloads, grants: granted, history },
    unmet: asked === 0 ? 0 : unmet / asked,
    overloaded: overloadTime / (count * duration),
    relief: overloads === 0 ? undefined : overloadTime / overloads,
    donors: borrowers === 0 ? undefined : granted / borrowers,
  };
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

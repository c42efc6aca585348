import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterArbitrary } from '../cluster.example.ts';
import {
  amounts,
  Cluster,
  nowhere,
  resources,
  type ClusterDescription,
  type GuestDescription,
} from '../model/index.ts';
import { Placer, placementPolicy } from '../placement/index.ts';
import { hear, watchHost, type HostSignal, type WatchedHost } from './health.ts';
import { planFailover, type FailoverPlan } from './restart.ts';

const rules = { interval: 1, missed: 3, grace: 2 };

function fenced(id: string): WatchedHost {
  const watched = watchHost(id, 'boot', 0);
  const proof = { by: 'a person', at: 1, boot: 'boot' };
  return hear(watched, { type: 'fenced', proof }, rules).host;
}

function suspect(id: string): WatchedHost {
  return hear(watchHost(id, 'boot', 0), { type: 'time', at: 3 }, rules).host;
}

/** The cluster with as many guests placed as fit, and a placer for it. */
function filled(description: ClusterDescription) {
  const cluster = new Cluster(description);
  const placer = new Placer(cluster, { policy: placementPolicy('best-fit') });
  for (const guest of cluster.guests.all()) {
    if (cluster.placeOf(guest) === undefined) placer.place(guest);
  }
  return { cluster, place: (guest: number) => placer.decide(guest) };
}

const host = (name: string, memory: number) => ({
  ...{ name, capacity: amounts({ cpu: 100, memory }) },
});
const guest = (name: string, memory: number, more: Partial<GuestDescription> = {}) => ({
  ...{ name, demand: amounts({ cpu: 1, memory }), ...more },
});

const names = (cluster: Cluster, plan: FailoverPlan) =>
  plan.restarts.map((restart) => {
    const { name } = cluster.guests.describe(restart.guest);
    return `${name} on ${cluster.hostName(restart.place.host)}`;
  });
const left = (cluster: Cluster, plan: FailoverPlan) =>
  plan.left.map((one) => cluster.guests.describe(one.guest).name);

/** Whether a host is of the kind that a guest needs, and has nobody whom it must not meet. */
function suits(cluster: Cluster, index: number, at: number): boolean {
  const { antiAffinity = [], storages = [], ...asked } = cluster.guests.describe(index);
  const {
    accelerators = ['kvm'],
    cpuModels = [],
    storages: reached = [],
  } = cluster.hosts[at] ?? {};
  const leader = asked.with === undefined ? undefined : cluster.guests.find(asked.with);
  const others = cluster.guestsOn(at).filter((other) => other !== index);
  const groups = others.flatMap((other) => cluster.guests.describe(other).antiAffinity ?? []);
  return (
    cluster.health[at] === 'up' &&
    (leader === undefined || cluster.guests.host[leader] === at) &&
    !antiAffinity.some((group) => groups.includes(group)) &&
    storages.every((name) => reached.includes(name)) &&
    (asked.accelerator === undefined || accelerators.includes(asked.accelerator)) &&
    (asked.cpuModel === undefined || cpuModels.includes(asked.cpuModel))
  );
}

/** Hosts that could run a guest beside what runs there; with N+1 whatever else is kept free. */
function hostsWithRoom(cluster: Cluster, index: number): number[] {
  if (cluster.rules.nPlusOne?.length === 0) return [];
  const { demand } = cluster.guests.describe(index);
  return [...cluster.hosts.keys()].filter(
    (at) =>
      suits(cluster, index, at) &&
      resources.every((resource, number) => demand[resource] <= cluster.free(at, number)),
  );
}

describe('planFailover', () => {
  it('places whatever fits, in the given order', () => {
    fc.assert(
      fc.property(clusterArbitrary, fc.array(fc.nat(6)), (description, which) => {
        const { cluster, place } = filled(description);
        const hosts = [...new Set(which.map((one) => one % description.hosts.length))];
        const lost = hosts.flatMap((index) => [...cluster.guestsOn(index)]);
        const watched = hosts.map((index) => fenced(`h${index}`));
        const plan = planFailover({ cluster, place, watched });
        expect([...plan.restarts, ...plan.left].map((one) => one.guest).sort()).toEqual(
          lost.sort(),
        );
        for (const one of plan.left) {
          expect(cluster.placeOf(one.guest)).toBeUndefined();
          if (cluster.guests.describe(one.guest).mirrored === true) continue;
          expect(place(one.guest).state).toBe('refused');
          expect(hostsWithRoom(cluster, one.guest)).toEqual([]);
        }
        for (const one of plan.restarts) {
          expect(hosts).toContain(one.from);
          expect(hosts).not.toContain(one.place.host);
          expect(suits(cluster, one.guest, one.place.host)).toBe(true);
          expect(cluster.placeOf(one.guest)).toEqual(one.place);
          expect(cluster.health[one.place.host]).toBe('up');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('starts no guest of a host without proof that it is fenced, and says why', () => {
    fc.assert(
      fc.property(clusterArbitrary, fc.nat(), (description, which) => {
        const { cluster, place } = filled(description);
        const index = which % description.hosts.length;
        const before = [...cluster.guestsOn(index)];
        const plan = planFailover({ cluster, place, watched: [suspect(`h${index}`)] });
        const why = `host h${index} is silent, but not fenced: its guests may still run and write`;
        expect(plan).toEqual({ restarts: [], left: [], refused: [{ host: index, why }] });
        expect(cluster.guestsOn(index)).toEqual(before);
      }),
    );
  });

  it('starts nothing on a host that is silent', () => {
    const { cluster, place } = filled({
      hosts: [host('a', 10), host('b', 10), host('c', 10)],
      guests: [guest('g', 1, { place: { host: 'a' } })],
    });
    const plan = planFailover({ cluster, place, watched: [fenced('a'), suspect('b')] });
    expect(names(cluster, plan)).toEqual(['g on c']);
  });

  it('never has two places for one guest, whatever fails, returns and is fenced', () => {
    const which = fc.nat(3);
    const step = fc.oneof(
      fc.record({ what: fc.constantFrom('cut', 'heal', 'crash', 'boot', 'power off'), which }),
      fc.record({ what: fc.constant('time'), which: fc.integer({ min: 1, max: 6 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World();
        for (const { what, which: index } of steps) {
          world.step(what, index);
          for (const places of world.places()) expect(places.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('starts the important first, then one guest of each service, then the large', () => {
    const at = { place: { host: 'a' } };
    const { cluster, place } = filled({
      hosts: [host('a', 100), host('b', 10), host('c', 10)],
      guests: [
        guest('small', 1, at),
        guest('large', 4, at),
        guest('web-1', 1, { ...at, antiAffinity: ['web'] }),
        guest('web-2', 1, { place: { host: 'b' }, antiAffinity: ['web'] }),
        guest('mail-1', 1, { ...at, antiAffinity: ['mail'] }),
        guest('vital', 1, { ...at, priority: 5 }),
        guest('beside vital', 1, { ...at, with: 'vital' }),
      ],
    });
    const plan = planFailover({ cluster, place, watched: [fenced('a')] });
    expect(plan.restarts.map((one) => cluster.guests.describe(one.guest).name)).toEqual([
      ...['vital', 'beside vital', 'large', 'mail-1', 'small', 'web-1'],
    ]);
    expect(names(cluster, plan)).toContain('web-1 on c');
  });

  it('starts whom others follow before them, and one guest of a service for each that is lost', () => {
    const at = { place: { host: 'a' } };
    const web = { ...at, antiAffinity: ['web'] };
    const { cluster, place } = filled({
      hosts: ['a', 'b', 'c', 'd', 'e'].map((name) => host(name, 20)),
      guests: [
        guest('last', 9, { ...at, with: 'middle' }),
        guest('middle', 1, { ...at, with: 'first' }),
        guest('first', 1, at),
        guest('web-1', 2, web),
        guest('web-2', 5, { ...web, place: { host: 'b' } }),
        guest('web-3', 3, { ...web, place: { host: 'c' } }),
        guest('mail-1', 1, { ...at, antiAffinity: ['mail'] }),
        guest('mail-2', 2, { place: { host: 'b' }, antiAffinity: ['mail'] }),
        guest('low', 9, { ...at, priority: -1 }),
        guest('alone', 1, at),
      ],
    });
    const watched = [fenced('a'), fenced('b')];
    const plan = planFailover({ cluster, place, watched });
    const tried = [...plan.restarts, ...plan.left].map(
      (one) => cluster.guests.describe(one.guest).name,
    );
    // web-3 runs, so web-2 is the second of its service and web-1 the third.
    expect(tried).toEqual([
      ...['first', 'middle', 'last', 'mail-2', 'alone', 'web-2', 'mail-1', 'web-1', 'low'],
    ]);
  });

  it('takes room that is kept for another failure where there is no other, the largest first', () => {
    const at = { place: { host: 'a' } };
    const { cluster, place } = filled({
      hosts: [host('a', 10), host('b', 10), host('c', 10), host('d', 3)],
      guests: [
        guest('lost', 4, at),
        guest('b-1', 3, { place: { host: 'b', backup: 'c' } }),
        guest('c-1', 5, { place: { host: 'c', backup: 'b' } }),
      ],
      rules: { nPlusOne: ['memory'] },
    });
    const plan = planFailover({ cluster, place, watched: [fenced('a')] });
    expect(names(cluster, plan)).toEqual(['lost on b']);
  });

  it('leaves what does not fit, says why, goes on with the rest, and tries it again later', () => {
    const at = { place: { host: 'a' } };
    const { cluster, place } = filled({
      hosts: [host('a', 100), host('b', 10)],
      guests: [guest('huge', 50, at), guest('g', 5, at)],
    });
    const plan = planFailover({ cluster, place, watched: [fenced('a')] });
    expect(names(cluster, plan)).toEqual(['g on b']);
    expect(left(cluster, plan)).toEqual(['huge']);
    expect(plan.left[0]?.why).toMatch(/memory/);
    cluster.setHealth(0, 'up');
    const waiting = plan.left.map((one) => one.guest);
    const later = planFailover({ cluster, place, watched: [], waiting });
    expect(names(cluster, later)).toEqual(['huge on a']);
    expect(later.restarts[0]?.from).toBe(nowhere);
  });

  it('starts guests where room is kept for them, and mirrored ones nowhere else', () => {
    const { cluster, place } = filled({
      hosts: [host('a', 10), host('b', 10), host('c', 10)],
      guests: [
        guest('kept', 4, { place: { host: 'a', backup: 'c' } }),
        guest('copied', 1, { place: { host: 'a', backup: 'b' }, mirrored: true }),
      ],
      rules: { nPlusOne: ['memory'] },
    });
    const plan = planFailover({ cluster, place, watched: [fenced('a'), fenced('b')] });
    expect(names(cluster, plan)).toEqual(['kept on c']);
    expect(plan.left.map(({ why }) => why)).toEqual([
      'the copy of the disk of guest copied is on host b, which cannot take it',
    ]);
  });

  it('starts a guest on its backup, though the policy would choose another host', () => {
    const { cluster, place } = filled({
      hosts: [host('a', 10), host('b', 10), host('c', 10), host('d', 10)],
      guests: ['b', 'c', 'd'].map((backup) =>
        guest(`g-${backup}`, 2, { place: { host: 'a', backup }, mirrored: true }),
      ),
      rules: { nPlusOne: ['memory'] },
    });
    const plan = planFailover({ cluster, place, watched: [fenced('a')] });
    expect(names(cluster, plan)).toEqual(['g-b on b', 'g-c on c', 'g-d on d']);
  });
});

/** Four hosts with what they really do, beside what the manager knows of them. */
class World {
  readonly #cluster: Cluster;
  readonly #place;
  readonly #hosts: { on: boolean; cut: boolean; life: number; runs: Set<number> }[];
  readonly #watched: WatchedHost[];
  readonly #orders = new Set<number>();
  #now = 0;

  constructor() {
    const { cluster, place } = filled({
      hosts: ['a', 'b', 'c', 'd'].map((name) => host(name, 10)),
      guests: Array.from({ length: 6 }, (_, index) => guest(`g${index}`, 3)),
    });
    this.#cluster = cluster;
    this.#place = place;
    this.#hosts = cluster.hosts.map((_, index) => ({
      ...{ on: true, cut: false, life: 0, runs: new Set(cluster.guestsOn(index)) },
    }));
    this.#watched = cluster.hosts.map(({ name }) => watchHost(name, '0', 0));
  }

  /** Where each guest really runs. */
  places(): number[][] {
    return [...this.#cluster.guests.all()].map((index) =>
      this.#hosts.flatMap(({ runs }, at) => (runs.has(index) ? [at] : [])),
    );
  }

  step(what: string, which: number): void {
    const one = this.#hosts[which];
    if (what === 'time') this.#pass(which);
    if (one === undefined) return;
    if (what === 'cut') one.cut = true;
    if (what === 'heal') one.cut = false;
    if (what === 'crash') this.#end(which);
    if (what === 'boot' && !one.on) {
      one.on = true;
      one.life++;
    }
    if (what === 'power off' && this.#orders.delete(which)) {
      const life = this.#watched[which]?.boot ?? '';
      // The host that is on now may be in a later life than the one that is fenced.
      if (String(one.life) === life) this.#end(which);
      this.#hear(which, { type: 'fenced', proof: { by: 'its BMC', at: this.#now, boot: life } });
      this.#plan();
    }
  }

  #end(which: number): void {
    const one = this.#hosts[which];
    if (one === undefined) return;
    one.on = false;
    one.runs.clear();
  }

  #pass(seconds: number): void {
    this.#now += seconds;
    for (const [index, { on, cut, life }] of this.#hosts.entries()) {
      if (on && !cut) this.#hear(index, { type: 'heartbeat', at: this.#now, boot: String(life) });
      this.#hear(index, { type: 'time', at: this.#now });
    }
    this.#plan();
  }

  #hear(index: number, signal: HostSignal): void {
    const before = this.#watched[index] as WatchedHost;
    const { host: after, order } = hear(before, signal, rules);
    this.#watched[index] = after;
    if (order === 'fence') this.#orders.add(index);
    if (after.health.state === 'alive') this.#cluster.setHealth(index, 'up');
  }

  #plan(): void {
    const waiting = [...this.#cluster.guests.all()].filter(
      (index) => this.#cluster.placeOf(index) === undefined,
    );
    const watched = this.#watched.filter(({ health }) => health.state !== 'alive');
    const plan = planFailover({ cluster: this.#cluster, place: this.#place, watched, waiting });
    for (const { guest: index, place } of plan.restarts) {
      const target = this.#hosts[place.host];
      // The order reaches a host that is cut off, too, sooner or later.
      if (target?.on === true) target.runs.add(index);
    }
  }
}

import {
  Cluster,
  nowhere,
  resources,
  width,
  type GuestIndex,
  type HostIndex,
  type Place,
} from '../../cluster/model/index.ts';
import { Placer } from '../../cluster/placement/index.ts';
import { EventQueue } from '../event-queue.ts';
import { Failures } from './failures.ts';
import { HostsAtWork } from './hosts-at-work.ts';
import { stepLength, wholly, type InSteps } from '../in-steps.ts';
import { kinds, type Kind } from './kinds.ts';
import { Lives } from './lives.ts';
import { memoryOf } from './rebalance.ts';
import type { GuestsMoment, GuestsOutcome, GuestsSimulation } from './options.ts';

/** Runs a cluster of guests as the policies decide. The same options give the same outcome. */
export function simulateGuests(options: GuestsSimulation): GuestsOutcome {
  return wholly(guestsInSteps(options));
}

/** The same, piece by piece: whoever drives it can look up now and then. */
export function guestsInSteps(options: GuestsSimulation): InSteps<GuestsOutcome> {
  return new Simulation(options).run();
}

/** A guest that is on the way, and what keeps its room on the target. */
interface Moving {
  readonly slot: number;
  /** Which guest of the slot: it may be gone when it would arrive. */
  readonly life: number;
  readonly place: Place;
  readonly shadow: GuestIndex;
}

class Simulation {
  readonly #options: GuestsSimulation;
  readonly #queue = new EventQueue();
  readonly #cluster: Cluster;
  readonly #placer: Placer;
  readonly #work: HostsAtWork;
  readonly #lives: Lives;
  readonly #failures: Failures;
  readonly #moving: Moving[] = [];
  readonly #onTheWay = new Set<GuestIndex>();
  readonly #history: GuestsMoment[] = [];
  #events = 0;
  #decisions = 0;
  #moves = 0;

  constructor(options: GuestsSimulation) {
    const { hosts, rules, placement, draws, threshold } = options;
    this.#options = options;
    this.#cluster = new Cluster({ hosts, rules, guests: [] });
    this.#placer = new Placer(this.#cluster, { policy: placement, random: draws });
    this.#work = new HostsAtWork(this.#cluster, threshold);
    this.#lives = new Lives(options, this.#cluster);
    this.#failures = new Failures({
      ...{ options, cluster: this.#cluster, queue: this.#queue },
      ...{ work: this.#work, lives: this.#lives },
      place: (guest) => this.#placer.decide(guest),
    });
  }

  *run(): InSteps<GuestsOutcome> {
    const { guests, incidents, duration, points, check } = this.#options;
    const queue = this.#queue;
    for (let slot = 0; slot < guests; slot++) queue.push(0, kinds.arrives, slot);
    for (const [index, { at }] of incidents.entries()) queue.push(at, kinds.hostsFail, index);
    for (let at = check; at <= duration; at += check) queue.push(at, kinds.check);
    for (let point = 1; point <= points; point++) {
      queue.push((duration * point) / points, kinds.look);
    }
    while (queue.next() && queue.now <= duration) {
      this.#work.book(queue.now);
      this.#handle(queue.kind as Kind, queue.subject, queue.detail);
      if (++this.#events % stepLength === 0) yield;
    }
    this.#work.book(duration);
    return this.#outcome();
  }

  #handle(kind: Kind, subject: number, detail: number): void {
    switch (kind) {
      case kinds.arrives:
        this.#arrive(subject);
        break;
      case kinds.runs:
        if (this.#lives.order(subject) === detail) this.#running(subject);
        break;
      case kinds.loadChanges:
        this.#changeLoad(subject);
        break;
      case kinds.departs:
        this.#depart(subject);
        break;
      case kinds.moved:
        this.#arrived(this.#moving[subject] as Moving);
        break;
      case kinds.check:
        this.#decisions++;
        this.#failures.retry();
        this.#rebalance();
        break;
      case kinds.look:
        this.#history.push({
          time: this.#queue.now,
          ...this.#work.now,
          down: this.#failures.down,
          moves: this.#moves,
        });
        break;
      default:
        this.#failures.handle(kind, subject);
    }
  }

  /** A guest comes: all that is random about it is drawn, whatever becomes of it. */
  #arrive(slot: number): void {
    const { lifetime, times } = this.#options;
    const { now } = this.#queue;
    const lives = this.#lives;
    const guest = lives.begin(slot);
    if (Number.isFinite(lifetime)) this.#queue.push(now + lives.stay(), kinds.departs, slot);
    if (!lives.followed(slot)) this.#queue.push(now, kinds.loadChanges, slot);
    this.#decisions++;
    if (this.#placer.place(guest).state === 'refused') {
      lives.refuse(slot);
      return;
    }
    this.#work.look(this.#hostOf(guest));
    // The cluster is there when the simulation begins.
    const takes = now === 0 ? 0 : times.create;
    this.#queue.push(now + takes, kinds.runs, slot, lives.newOrder(slot));
  }

  #running(slot: number): void {
    const guest = this.#lives.guest(slot);
    const host = this.#hostOf(guest);
    if (host === nowhere || !this.#work.runs(host)) return;
    this.#lives.started(slot);
    this.#failures.back(slot);
    this.#work.look(host);
  }

  #changeLoad(slot: number): void {
    const { workload } = this.#options;
    const { now } = this.#queue;
    const before = this.#failures.isDown(slot) ? this.#lives.cores(slot) : undefined;
    this.#lives.setLevel(slot, workload.level(slot, now));
    if (before !== undefined) this.#work.lose(this.#lives.cores(slot) - before);
    else if (this.#lives.isRunning(slot)) this.#work.look(this.#hostOf(this.#lives.guest(slot)));
    const wait = workload.wait(slot, now);
    if (Number.isFinite(wait)) this.#queue.push(now + wait, kinds.loadChanges, slot);
  }

  #depart(slot: number): void {
    const guest = this.#lives.guest(slot);
    this.#queue.push(this.#queue.now + this.#lives.gap(), kinds.arrives, slot);
    if (guest === nowhere) return;
    const host = this.#hostOf(guest);
    this.#failures.gone(slot);
    this.#onTheWay.delete(guest);
    this.#lives.end(slot);
    if (host !== nowhere) this.#work.look(host);
  }

  #rebalance(): void {
    const { times, rebalance } = this.#options;
    const { guests } = this.#cluster;
    for (const { guest, place } of rebalance(this.#cluster)) {
      const slot = this.#lives.slotOf(guest);
      if (slot === undefined || !this.#lives.isRunning(slot) || this.#onTheWay.has(guest)) continue;
      // Nobody has left the target yet to whom others may have to give way: those move next time.
      if (!hasRoom(this.#cluster, guest, place.host)) continue;
      const { name, demand } = guests.describe(guest);
      const shadow = this.#cluster.add({ name: `${name} on its way`, demand, load: { cpu: 0 } });
      this.#cluster.place(shadow, { host: place.host, backup: nowhere });
      this.#onTheWay.add(guest);
      const { setup, rate } = times.migrate;
      const arrives = this.#queue.now + setup + memoryOf(this.#cluster, guest) / rate;
      this.#queue.push(arrives, kinds.moved, this.#moving.length);
      this.#moving.push({ slot, life: this.#lives.life(slot), place, shadow });
      this.#work.look(place.host);
      this.#moves++;
    }
  }

  /** Whoever is gone, lost or would come to a host that fails stays where it is. */
  #arrived({ slot, life, place, shadow }: Moving): void {
    const cluster = this.#cluster;
    cluster.remove(shadow);
    this.#work.look(place.host);
    if (this.#lives.life(slot) !== life || this.#lives.guest(slot) === nowhere) return;
    const guest = this.#lives.guest(slot);
    this.#onTheWay.delete(guest);
    const isUp = cluster.health[place.host] === 'up' && this.#work.runs(place.host);
    if (!this.#lives.isRunning(slot) || !isUp) return;
    const from = this.#hostOf(guest);
    cluster.move(guest, place);
    this.#work.look(from);
    this.#work.look(place.host);
  }

  #hostOf(guest: GuestIndex): number {
    return guest === nowhere ? nowhere : (this.#cluster.guests.host[guest] ?? nowhere);
  }

  #outcome(): GuestsOutcome {
    const { came, refused } = this.#lives;
    return {
      events: this.#events,
      decisions: this.#decisions + this.#failures.decisions,
      ...this.#work.all,
      refused: came === 0 ? 0 : refused / came,
      moves: this.#moves,
      ...this.#failures.outcome(this.#options.duration),
      history: this.#history,
    };
  }
}

/** Beside all that is there now. */
function hasRoom(cluster: Cluster, guest: GuestIndex, host: HostIndex): boolean {
  return resources.every(
    (_, at) => (cluster.guests.demand[guest * width + at] ?? 0) <= cluster.free(host, at),
  );
}

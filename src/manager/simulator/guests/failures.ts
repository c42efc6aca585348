import {
  hear,
  planFailover,
  watchHost,
  whyNoRestart,
  type HostSignal,
  type WatchedHost,
} from '../../cluster/failover/index.ts';
import type { Cluster, GuestIndex, HostIndex, PlacementAnswer } from '../../cluster/model/index.ts';
import type { EventQueue } from '../event-queue.ts';
import type { HostsAtWork } from './hosts-at-work.ts';
import { kinds, type Kind } from './kinds.ts';
import type { Lives } from './lives.ts';
import type { GuestsSimulation } from './options.ts';

export interface FailuresOptions {
  readonly options: GuestsSimulation;
  readonly cluster: Cluster;
  readonly queue: EventQueue;
  readonly work: HostsAtWork;
  readonly lives: Lives;
  readonly place: (guest: GuestIndex) => PlacementAnswer;
}

const tick = 1e-3;

/** Hosts that fail, what the manager learns of it, and guests that are started again. */
export class Failures {
  decisions = 0;
  readonly #all: FailuresOptions;
  /** Hosts that are not simply alive, as the manager sees them. */
  readonly #watched = new Map<HostIndex, WatchedHost>();
  /** Hosts that run again before their fencing has proved itself. */
  readonly #returned = new Set<HostIndex>();
  readonly #boots = new Map<HostIndex, number>();
  /** Slots whose guests are lost → since when. */
  readonly #down = new Map<number, number>();
  /** Guests for which there was no place. */
  readonly #waiting = new Set<GuestIndex>();
  /** When a host has started all that it is to start. */
  readonly #startingUntil = new Map<HostIndex, number>();
  #lost = 0;
  #restarted = 0;
  #outage = 0;
  #planned = false;

  constructor(all: FailuresOptions) {
    this.#all = all;
  }

  /** Guests that are lost and do not run again yet. */
  get down(): number {
    return this.#down.size;
  }

  isDown(slot: number): boolean {
    return this.#down.has(slot);
  }

  handle(kind: Kind, subject: number): void {
    const { options, queue } = this.#all;
    const { now } = queue;
    switch (kind) {
      case kinds.hostsFail: {
        const { hosts, repair } = options.incidents[subject] ?? { hosts: [], repair: 0 };
        for (const host of hosts) this.#fail(host);
        queue.push(now + repair, kinds.hostsAreBack, subject);
        break;
      }
      case kinds.silence:
      case kinds.graceOver:
        this.#hear(subject, { type: 'time', at: now });
        // By rounding it may have been too early.
        if (
          this.#watched.get(subject)?.health.state ===
          (kind === kinds.silence ? 'alive' : 'suspect')
        )
          queue.push(now + tick, kind, subject);
        break;
      case kinds.fenced:
        this.#hear(subject, {
          type: 'fenced',
          proof: { by: 'the simulation', at: now, boot: this.#boot(subject) },
        });
        // Once for all hosts that are fenced at this moment.
        if (!this.#planned) queue.push(now, kinds.restart);
        this.#planned = true;
        break;
      case kinds.restart:
        this.#planned = false;
        this.#plan();
        break;
      case kinds.hostsAreBack:
        for (const host of options.incidents[subject]?.hosts ?? []) this.#back(host);
        this.retry();
        break;
      default:
        throw new Error(`nobody handles events of kind ${kind}`);
    }
  }

  /** Guests that wait for room are tried again. */
  retry(): void {
    if (this.#waiting.size > 0) this.#plan();
  }

  /** A guest of this slot runs: again, if it was lost. */
  back(slot: number): void {
    const since = this.#down.get(slot);
    if (since === undefined) return;
    this.#down.delete(slot);
    this.#all.work.lose(-this.#all.lives.cores(slot));
    this.#outage += this.#all.queue.now - since;
    this.#restarted++;
  }

  /** The guest of this slot is wanted no more. */
  gone(slot: number): void {
    const { lives, queue, work } = this.#all;
    this.#waiting.delete(lives.guest(slot));
    const since = this.#down.get(slot);
    if (since === undefined) return;
    this.#down.delete(slot);
    work.lose(-lives.cores(slot));
    this.#outage += queue.now - since;
  }

  /** @param end of the simulation */
  outcome(end: number) {
    let outage = this.#outage;
    for (const since of this.#down.values()) outage += end - since;
    return {
      lost: this.#lost,
      restarted: this.#restarted,
      outage: this.#lost === 0 ? undefined : outage / this.#lost,
    };
  }

  #fail(host: HostIndex): void {
    const { cluster, lives, options, queue, work } = this.#all;
    if (!work.runs(host)) return;
    const { heartbeats } = options.times;
    const { now } = queue;
    for (const guest of [...cluster.guestsOn(host)]) {
      const slot = lives.slotOf(guest);
      // Room for a guest that is on its way: it will not come.
      if (slot === undefined) cluster.unplace(guest);
      if (slot === undefined || this.#down.has(slot)) continue;
      this.#down.set(slot, now);
      this.#lost++;
      work.lose(lives.cores(slot));
      lives.stopped(slot);
    }
    work.stop(host);
    const lastSeen = Math.floor(now / heartbeats.interval) * heartbeats.interval;
    const name = cluster.hostName(host);
    if (!this.#watched.has(host)) {
      this.#watched.set(host, watchHost(name, this.#boot(host), lastSeen));
    }
    queue.push(lastSeen + heartbeats.interval * heartbeats.missed, kinds.silence, host);
  }

  #hear(host: HostIndex, signal: HostSignal): void {
    const { cluster, options, queue } = this.#all;
    const { heartbeats, fence } = options.times;
    const before = this.#watched.get(host);
    if (before === undefined) return;
    const { host: after, order } = hear(before, signal, heartbeats);
    this.#watched.set(host, after);
    if (after.health.state === 'suspect' && before.health.state === 'alive') {
      cluster.setHealth(host, 'suspect');
      queue.push(queue.now + heartbeats.grace, kinds.graceOver, host);
    }
    if (order === 'fence') queue.push(queue.now + fence, kinds.fenced, host);
  }

  /** A host runs again, in a new life; it is taken in once the earlier one is proven to be over. */
  #back(host: HostIndex): void {
    const watched = this.#watched.get(host);
    if (watched !== undefined && whyNoRestart(watched) !== undefined) {
      this.#returned.add(host);
      return;
    }
    const { cluster, work, queue } = this.#all;
    const boot = String(Number(this.#boot(host)) + 1);
    const heartbeat = { type: 'heartbeat', at: queue.now, boot } as const;
    if (watched) this.#hear(host, heartbeat);
    this.#boots.set(host, Number(boot));
    this.#watched.delete(host);
    this.#returned.delete(host);
    cluster.setHealth(host, 'up');
    work.start(host);
    work.look(host);
  }

  #plan(): void {
    const { cluster, lives, options, place, queue, work } = this.#all;
    const { restart, startsAtOnce } = options.times;
    this.decisions++;
    const watched = [...this.#watched.values()];
    const plan = planFailover({ cluster, watched, waiting: [...this.#waiting], place });
    this.#waiting.clear();
    for (const { guest } of plan.left) this.#waiting.add(guest);
    for (const { guest, place: to } of plan.restarts) {
      const slot = lives.slotOf(guest);
      if (slot === undefined) continue;
      const begins = Math.max(queue.now, this.#startingUntil.get(to.host) ?? 0);
      this.#startingUntil.set(to.host, begins + restart / startsAtOnce);
      queue.push(begins + restart, kinds.runs, slot, lives.newOrder(slot));
      work.look(to.host);
    }
    for (const host of [...this.#returned]) this.#back(host);
  }

  #boot(host: HostIndex): string {
    return String(this.#boots.get(host) ?? 1);
  }
}

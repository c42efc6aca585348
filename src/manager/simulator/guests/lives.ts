import type { Random } from '../../../base/stats/random.ts';
import { nowhere, type Cluster, type GuestIndex } from '../../cluster/model/index.ts';
import { exponential } from '../workload/workload.ts';
import { drawShape } from './draw-shape.ts';
import type { GuestShape, GuestsSimulation } from './options.ts';

/** Mean time until a guest comes in place of one that has gone, as a share of a life. */
const gapShare = 0.05;

/**
 * The guests that come and go. Each slot is one guest at a time; load belongs to the slot, so that it
 * is the same whatever becomes of the guest.
 */
export class Lives {
  came = 0;
  refused = 0;
  readonly #cluster: Cluster;
  readonly #shapes: readonly GuestShape[];
  readonly #replicas: number;
  readonly #lifetime: number;
  readonly #random: Random;
  readonly #guest: Int32Array;
  readonly #life: Int32Array;
  readonly #level: Float64Array;
  readonly #running: Uint8Array;
  readonly #followed: Uint8Array;
  readonly #order: Int32Array;
  readonly #slots = new Map<GuestIndex, number>();

  constructor({ guests, shapes, replicas, lifetime, random }: GuestsSimulation, cluster: Cluster) {
    this.#cluster = cluster;
    this.#shapes = shapes;
    this.#replicas = replicas;
    this.#lifetime = lifetime;
    this.#random = random.fork('lives');
    this.#guest = new Int32Array(guests).fill(nowhere);
    this.#life = new Int32Array(guests);
    this.#level = new Float64Array(guests);
    this.#running = new Uint8Array(guests);
    this.#followed = new Uint8Array(guests);
    this.#order = new Int32Array(guests);
  }

  /** The next guest of a slot, which has no place yet. */
  begin(slot: number): GuestIndex {
    const { demand, priority } = drawShape(this.#shapes, this.#random);
    const life = (this.#life[slot] as number) + 1;
    this.#life[slot] = life;
    this.came++;
    const group = `${Math.floor(slot / this.#replicas)}`;
    const guest = this.#cluster.add({
      ...{ name: `${slot}-${life}`, demand, priority, load: { cpu: 0 } },
      ...(this.#replicas > 1 && { antiAffinity: [group] }),
    });
    this.#guest[slot] = guest;
    this.#slots.set(guest, slot);
    return guest;
  }

  /** It found no place. */
  refuse(slot: number): void {
    this.refused++;
    this.end(slot);
  }

  /** It is gone. */
  end(slot: number): void {
    const guest = this.guest(slot);
    this.#slots.delete(guest);
    this.#cluster.remove(guest);
    this.#guest[slot] = nowhere;
    this.#running[slot] = 0;
    this.newOrder(slot);
  }

  /** It answers, and has its load. */
  started(slot: number): void {
    this.#running[slot] = 1;
    this.#cluster.setLoad(this.guest(slot), { cpu: this.cores(slot) });
  }

  /** It answers no more. */
  stopped(slot: number): void {
    this.#running[slot] = 0;
    this.newOrder(slot);
    this.#cluster.setLoad(this.guest(slot), { cpu: 0 });
  }

  setLevel(slot: number, level: number): void {
    this.#level[slot] = level;
    if (this.isRunning(slot)) this.#cluster.setLoad(this.guest(slot), { cpu: this.cores(slot) });
  }

  /** Cores that it uses, or would. */
  cores(slot: number): number {
    const guest = this.guest(slot);
    if (guest === nowhere) return 0;
    return (this.#level[slot] as number) * this.#cluster.guests.describe(guest).demand.cpu;
  }

  guest(slot: number): GuestIndex {
    return this.#guest[slot] as number;
  }

  slotOf(guest: GuestIndex): number | undefined {
    return this.#slots.get(guest);
  }

  /** Number of the slot's guest, from 1 on. */
  life(slot: number): number {
    return this.#life[slot] as number;
  }

  /** Number of the last order to start the slot's guest: an earlier one is void. */
  order(slot: number): number {
    return this.#order[slot] as number;
  }

  newOrder(slot: number): number {
    const order = this.order(slot) + 1;
    this.#order[slot] = order;
    return order;
  }

  isRunning(slot: number): boolean {
    return this.#running[slot] === 1;
  }

  /** Whether the load of the slot was begun to be followed before. */
  followed(slot: number): boolean {
    const before = this.#followed[slot] === 1;
    this.#followed[slot] = 1;
    return before;
  }

  /** Seconds that a guest stays. */
  stay(): number {
    return exponential(this.#lifetime, this.#random);
  }

  /** Seconds until the next comes. */
  gap(): number {
    return exponential(this.#lifetime * gapShare, this.#random);
  }
}

import type { Grant, Release } from '../../cluster/sharing/index.ts';

/** Capacity on its way from one service to another, by their numbers. */
interface Lane {
  readonly from: number;
  readonly to: number;
  /** Granted and not yet served by it. */
  starting: number;
  serving: number;
  /** Given back, and still held by connections that end. */
  draining: number;
}

/** What of the grants is already there, and what is still there. */
export class Lent {
  readonly #lanes = new Map<number, Lane>();
  readonly #byId: ReadonlyMap<string, number>;
  readonly #services: number;
  /** What each service cannot use for its own users, in hosts. */
  readonly out: Float64Array;
  /** Which lanes lead to it. */
  readonly #to: Set<Lane>[];
  readonly #from: Set<Lane>[];

  constructor(ids: readonly string[]) {
    this.#services = ids.length;
    this.#byId = new Map(ids.map((id, index) => [id, index]));
    this.out = new Float64Array(ids.length);
    this.#to = ids.map(() => new Set<Lane>());
    this.#from = ids.map(() => new Set<Lane>());
  }

  /** @returns the number of the lane, for `arrive` */
  grant({ from, to, amount }: Grant): number {
    const lane = this.#lane(this.#index(from), this.#index(to));
    lane.starting += amount;
    this.#sum(lane.from);
    return lane.from * this.#services + lane.to;
  }

  /** What has been granted serves from now on, unless it was given back meanwhile. */
  arrive(key: number, amount: number): Lane | undefined {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return undefined;
    const arrived = Math.min(lane.starting, amount);
    lane.starting = rest(lane.starting, arrived);
    lane.serving += arrived;
    return lane;
  }

  /** @returns the number of the lane, and how much has to drain */
  release({ from, to, amount }: Release): { key: number; draining: number } {
    const lane = this.#lane(this.#index(from), this.#index(to));
    const serving = Math.min(lane.serving, amount);
    lane.serving = rest(lane.serving, serving);
    lane.starting = rest(lane.starting, Math.min(lane.starting, amount - serving));
    lane.draining += serving;
    this.#sum(lane.from);
    return { key: lane.from * this.#services + lane.to, draining: serving };
  }

  /** Connections have ended. */
  drained(key: number, amount: number): Lane | undefined {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return undefined;
    lane.draining = rest(lane.draining, Math.min(lane.draining, amount));
    this.#sum(lane.from);
    if (lane.starting + lane.serving + lane.draining === 0) {
      this.#lanes.delete(key);
      this.#to[lane.to]?.delete(lane);
      this.#from[lane.from]?.delete(lane);
    }
    return lane;
  }

  /** What serves a service from elsewhere. @param share how much of what it lends a donor still has */
  serving(to: number, share: (donor: number) => number): number {
    let sum = 0;
    for (const lane of this.#to[to] ?? []) sum += lane.serving * share(lane.from);
    return sum;
  }

  /** The services that this one lends to. */
  receivers(from: number): number[] {
    return [...(this.#from[from] ?? [])].map(({ to }) => to);
  }

  #lane(from: number, to: number): Lane {
    const key = from * this.#services + to;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { from, to, starting: 0, serving: 0, draining: 0 };
      this.#lanes.set(key, lane);
      this.#to[to]?.add(lane);
      this.#from[from]?.add(lane);
    }
    return lane;
  }

  #sum(from: number): void {
    let sum = 0;
    for (const { starting, serving, draining } of this.#from[from] ?? []) {
      sum += starting + serving + draining;
    }
    this.out[from] = sum;
  }

  #index(id: string): number {
    return this.#byId.get(id) as number;
  }
}

/** Without the dust of rounding. */
function rest(amount: number, taken: number): number {
  const left = amount - taken;
  return left < 1e-9 * amount ? 0 : left;
}

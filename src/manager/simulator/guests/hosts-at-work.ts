import { width, type Cluster, type HostIndex } from '../../cluster/model/index.ts';

const cpu = 0;

/** How much the hosts of a simulation have to do, and what of it they cannot, over time. */
export class HostsAtWork {
  readonly #cluster: Cluster;
  readonly #threshold: number;
  readonly #runs: Uint8Array;
  /** Share of the capacity that guests ask for. */
  readonly #use: Float64Array;
  /** Cores asked for beyond the capacity. */
  readonly #excess: Float64Array;
  readonly #hosting: Uint8Array;
  #running: number;
  #overloaded = 0;
  #used = 0;
  #sum = 0;
  #squares = 0;
  #unmet = 0;
  #load = 0;
  #capacity = 0;
  /** Cores that lost guests would use. */
  #lost = 0;
  #last = 0;
  /** Sums over time, until the last change. */
  #asked = 0;
  #unserved = 0;
  #overTime = 0;
  #hostTime = 0;
  #usedTime = 0;
  #deviation = 0;

  constructor(cluster: Cluster, threshold: number) {
    const { length } = cluster.hosts;
    this.#cluster = cluster;
    this.#threshold = threshold;
    this.#runs = new Uint8Array(length).fill(1);
    this.#use = new Float64Array(length);
    this.#excess = new Float64Array(length);
    this.#hosting = new Uint8Array(length);
    this.#running = length;
    for (let host = 0; host < length; host++) this.#capacity += this.#cores(host);
  }

  /** Books the time until now: before anything changes. */
  book(now: number): void {
    const length = now - this.#last;
    if (length === 0) return;
    this.#last = now;
    this.#asked += (this.#load + this.#lost) * length;
    this.#unserved += (this.#unmet + this.#lost) * length;
    this.#overTime += this.#overloaded * length;
    this.#hostTime += this.#running * length;
    this.#usedTime += this.#used * length;
    const mean = this.#sum / this.#running;
    this.#deviation += Math.sqrt(Math.max(0, this.#squares / this.#running - mean * mean)) * length;
  }

  /** Looks at a host again on which something has changed. */
  look(host: HostIndex): void {
    if (this.#runs[host] === 0) return;
    this.#count(host, -1);
    const cores = this.#cores(host);
    const load = this.#cluster.load[host * width + cpu] ?? 0;
    this.#use[host] = load / cores;
    this.#excess[host] = Math.max(0, load - cores);
    this.#hosting[host] = this.#cluster.guestsOn(host).length > 0 ? 1 : 0;
    this.#count(host, 1);
  }

  stop(host: HostIndex): void {
    if (this.#runs[host] === 0) return;
    this.#count(host, -1);
    this.#runs[host] = 0;
    this.#running--;
    this.#capacity -= this.#cores(host);
    this.#use[host] = this.#excess[host] = this.#hosting[host] = 0;
  }

  /** A host runs again, without guests. */
  start(host: HostIndex): void {
    this.#runs[host] = 1;
    this.#running++;
    this.#capacity += this.#cores(host);
  }

  runs(host: HostIndex): boolean {
    return this.#runs[host] === 1;
  }

  /** @param cores that guests would use which are lost; negative where they run again */
  lose(cores: number): void {
    this.#lost += cores;
  }

  /** As it is now. */
  get now() {
    return {
      load: this.#load / this.#capacity,
      overloaded: this.#overloaded,
      used: this.#used,
      unmet: this.#unmet + this.#lost,
    };
  }

  /** Over the time that is booked. */
  get all() {
    return {
      unmet: this.#asked === 0 ? 0 : this.#unserved / this.#asked,
      overloaded: this.#overTime / this.#hostTime,
      imbalance: this.#deviation / this.#last,
      used: this.#usedTime / this.#last,
    };
  }

  #count(host: HostIndex, sign: 1 | -1): void {
    const use = this.#use[host] as number;
    const excess = this.#excess[host] as number;
    if (use > this.#threshold) this.#overloaded += sign;
    this.#used += sign * (this.#hosting[host] as number);
    this.#sum += sign * use;
    this.#squares += sign * use * use;
    this.#unmet += sign * excess;
    this.#load += sign * use * this.#cores(host);
  }

  #cores(host: HostIndex): number {
    return this.#cluster.capacity[host * width + cpu] as number;
  }
}

import { width, type Cluster, type HostIndex } from '../model/index.ts';

/**
 * How unevenly the hosts that are up are used: the standard deviation over hosts of load / capacity,
 * summed over the resources that hosts have. 0: all alike.
 */
export class Imbalance {
  private readonly cluster: Cluster;
  private readonly hosts: readonly HostIndex[];
  private readonly sum = new Float64Array(width);
  private readonly squares = new Float64Array(width);

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.hosts = [...cluster.health.keys()].filter((host) => cluster.health[host] === 'up');
    for (const host of this.hosts) {
      for (let at = 0; at < width; at++) {
        const use = this.use(host, at);
        this.sum[at] = (this.sum[at] ?? 0) + use;
        this.squares[at] = (this.squares[at] ?? 0) + use * use;
      }
    }
  }

  /** Load / capacity of one resource; 0 where the host has none. */
  use(host: HostIndex, at: number): number {
    const capacity = this.cluster.capacity[host * width + at] ?? 0;
    return capacity > 0 ? (this.cluster.load[host * width + at] ?? 0) / capacity : 0;
  }

  /** Of all resources together: which hosts are busy, which are not. */
  busyness(host: HostIndex): number {
    let total = 0;
    for (let at = 0; at < width; at++) total += this.use(host, at);
    return total;
  }

  /** The imbalance if so much load went from one host to another. */
  after(from: HostIndex, to: HostIndex, load: Float64Array, offset: number): number {
    let total = 0;
    for (let at = 0; at < width; at++) {
      let sum = this.sum[at] ?? 0;
      let squares = this.squares[at] ?? 0;
      for (const [host, sign] of [
        [from, -1],
        [to, 1],
      ] as const) {
        const capacity = this.cluster.capacity[host * width + at] ?? 0;
        if (capacity <= 0 || from === to) continue;
        const use = this.use(host, at);
        const step = (sign * (load[offset + at] ?? 0)) / capacity;
        sum += step;
        squares += step * (2 * use + step);
      }
      const mean = sum / Math.max(1, this.hosts.length);
      total += Math.sqrt(Math.max(0, squares / Math.max(1, this.hosts.length) - mean * mean));
    }
    return total;
  }
}

/** The imbalance of a cluster as it is, from its values and not from sums. */
export function imbalance(cluster: Cluster): number {
  const uses = new Imbalance(cluster);
  const hosts = [...cluster.health.keys()].filter((host) => cluster.health[host] === 'up');
  let total = 0;
  for (let at = 0; at < width; at++) {
    const mean =
      hosts.reduce((sum, host) => sum + uses.use(host, at), 0) / Math.max(1, hosts.length);
    const square = hosts.reduce((sum, host) => sum + (uses.use(host, at) - mean) ** 2, 0);
    total += Math.sqrt(square / Math.max(1, hosts.length));
  }
  return total;
}

import { width, type Cluster, type HostIndex } from '../../model/index.ts';

/** Share of what guests may take on a host that they have taken, of one resource; 0 where it has none. */
export function utilization(cluster: Cluster, host: HostIndex, resource: number, more = 0): number {
  const column = host * width + resource;
  const limit = cluster.limit[column] ?? 0;
  return limit > 0 ? ((cluster.used[column] ?? 0) + more) / limit : 0;
}

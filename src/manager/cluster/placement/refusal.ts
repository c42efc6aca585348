import { nowhere, type Cluster, type Constraint, type Refusal } from '../model/index.ts';
import type { Candidates } from './candidates.ts';
import { apart, hostMismatch, shortage, shortages } from './fits.ts';

/** Constraints of the kind of a host; others are nearer to a place. */
const ofKind: ReadonlySet<Constraint> = new Set([
  'health',
  'group',
  'storage',
  'hypervisor',
  'accelerator',
  'CPU model',
]);

/**
 * Why no host can take it. The binding constraint is that of the host where another guest has already
 * decided; else the need for a backup, where all else fits somewhere; else the one that rules out most
 * of the hosts of a fitting kind.
 */
export function refusal(cluster: Cluster, candidates: Candidates): Refusal {
  const hosts = new Map<Constraint, number>();
  for (let host = 0; host < cluster.hosts.length; host++) {
    const constraint = obstacle(cluster, candidates, host);
    hosts.set(constraint, (hosts.get(constraint) ?? 0) + 1);
  }
  const counts = [...hosts].map(([constraint, count]) => `${constraint} on ${count}`).join(', ');
  const why =
    hosts.size === 0
      ? 'no host is up'
      : `no host can take it: ${counts} of ${cluster.hosts.length}`;
  return { binding: bindingOf(cluster, candidates, hosts), hosts, why };
}

function bindingOf(
  cluster: Cluster,
  candidates: Candidates,
  hosts: ReadonlyMap<Constraint, number>,
): Constraint {
  const led = candidates.leader?.host;
  if (led !== undefined) return led === nowhere ? 'affinity' : obstacle(cluster, candidates, led);
  for (const constraint of ['N+1', 'mirror'] as const) if (hosts.has(constraint)) return constraint;
  const near = [...hosts].filter(([constraint]) => !ofKind.has(constraint));
  const [first = ['health', 0] as const, ...others] = near.length > 0 ? near : [...hosts];
  return others.reduce((most, entry) => (entry[1] > most[1] ? entry : most), first)[0];
}

/** The first constraint that a host breaks, from its kind over its guests and its room to its backup. */
function obstacle(cluster: Cluster, candidates: Candidates, host: number): Constraint {
  const { shape, groups, leader } = candidates;
  const mismatch = hostMismatch(cluster, shape, host);
  if (mismatch !== undefined) return mismatch;
  if (leader !== undefined && leader.host !== host) return 'affinity';
  if (!apart(cluster, groups, host)) return 'anti-affinity';
  const lacking = shortages[shortage(cluster, shape, host)];
  if (lacking !== undefined) return lacking;
  if (!candidates.accepts(host)) return 'group';
  return cluster.reserves.counted.length > 0 ? 'N+1' : 'mirror';
}

import {
  nowhere,
  type Cluster,
  type GuestIndex,
  type HostIndex,
  type PlacementAnswer,
} from '../model/index.ts';
import { Candidates, type Narrowing } from './candidates.ts';
import type { PlacementPolicy } from './policy.ts';
import { refusal } from './refusal.ts';

/**
 * The answer of a policy by looking at every host and, for each that would be cheaper, at every backup:
 * what `Placer` has to come to with less work.
 */
export function placeByScan(
  cluster: Cluster,
  guest: GuestIndex,
  policy: PlacementPolicy & { by: 'cost' },
  narrowing: Narrowing = {},
): PlacementAnswer {
  const candidates = new Candidates(cluster, [guest], narrowing);
  let best: PlacementAnswer | undefined;
  for (let host = 0; host < cluster.hosts.length; host++) {
    const cost = candidates.hostKey(policy, host);
    if (cost === Infinity || !candidates.accepts(host)) continue;
    if (best?.state === 'placed' && best.cost <= cost) continue;
    const backup = candidates.shape.needsBackup ? scanBackups(cluster, candidates, host) : nowhere;
    if (candidates.shape.needsBackup && backup === nowhere) continue;
    best = { state: 'placed', place: { host, backup }, cost };
  }
  return best ?? { state: 'refused', refusal: refusal(cluster, candidates) };
}

function scanBackups(cluster: Cluster, candidates: Candidates, host: HostIndex): HostIndex {
  let best = nowhere;
  let lowest = Infinity;
  for (let backup = 0; backup < cluster.hosts.length; backup++) {
    const key = candidates.backupKey(backup);
    if (key < lowest && candidates.acceptsBackup(host, backup)) [best, lowest] = [backup, key];
  }
  return best;
}

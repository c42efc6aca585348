import { seededRandom, type Random } from '../../../base/stats/random.ts';
import {
  nowhere,
  type Cluster,
  type GuestIndex,
  type HostIndex,
  type PlacementAnswer,
} from '../model/index.ts';
import { Candidates, type Narrowing } from './candidates.ts';
import type { PlacementPolicy } from './policy.ts';
import { Rankings } from './rankings.ts';
import { refusal } from './refusal.ts';

export interface PlacerOptions {
  readonly policy: PlacementPolicy;
  /** For policies that draw. Default: always the same numbers. */
  readonly random?: Random;
  /** For policies that take turns: the host that was chosen before. */
  readonly last?: HostIndex | undefined;
}

/**
 * Places guests in a cluster by a policy and keeps hosts ranked meanwhile, so that a decision costs about
 * what has changed since the last one of its kind. Its answers are those of `placeByScan`.
 */
export class Placer {
  private readonly cluster: Cluster;
  private readonly policy: PlacementPolicy;
  private readonly random: Random;
  private readonly rankings: Rankings;
  private last: HostIndex;

  constructor(cluster: Cluster, options: PlacerOptions) {
    const { policy, random = seededRandom('placement'), last = nowhere } = options;
    this.cluster = cluster;
    this.policy = policy;
    this.random = random;
    this.last = last;
    this.rankings = new Rankings(cluster);
  }

  /** Where a guest that has no place should go; guests given together go as one. */
  decide(guests: GuestIndex | readonly GuestIndex[], narrowing: Narrowing = {}): PlacementAnswer {
    const { cluster, policy } = this;
    const candidates = new Candidates(
      cluster,
      typeof guests === 'number' ? [guests] : guests,
      narrowing,
    );
    let backup = nowhere;
    const accept = (host: HostIndex) => {
      if (!candidates.accepts(host)) return false;
      if (!candidates.shape.needsBackup) return true;
      backup = this.backupFor(candidates, host);
      return backup !== nowhere;
    };
    if (policy.by === 'order') {
      const free = { name: '', about: '', by: 'cost' as const, cost: () => 0 };
      const order = policy.order(cluster.hosts.length, { last: this.last, random: this.random });
      for (const host of order) {
        if (candidates.hostKey(free, host) === 0 && accept(host)) {
          return { state: 'placed', place: candidates.placeAt(host, backup), cost: 0 };
        }
      }
      return { state: 'refused', refusal: refusal(cluster, candidates) };
    }
    if (candidates.leader !== undefined) {
      const { host } = candidates.leader;
      const cost = host === nowhere ? Infinity : candidates.hostKey(policy, host);
      return cost < Infinity && accept(host)
        ? { state: 'placed', place: candidates.placeAt(host, backup), cost }
        : { state: 'refused', refusal: refusal(cluster, candidates) };
    }
    const hosts = this.rankings.of(`host ${candidates.shape.key}`, (host) =>
      candidates.hostKey(policy, host),
    );
    const host = hosts.first(accept);
    if (host < 0) return { state: 'refused', refusal: refusal(cluster, candidates) };
    const cost = hosts.keys[host] ?? 0;
    return { state: 'placed', place: candidates.placeAt(host, backup), cost };
  }

  /** Decides and, where there is a place, puts the guest there. */
  place(guest: GuestIndex, narrowing: Narrowing = {}): PlacementAnswer {
    const answer = this.decide(guest, narrowing);
    if (answer.state === 'placed') {
      this.cluster.place(guest, answer.place);
      this.last = answer.place.host;
    }
    return answer;
  }

  private backupFor(candidates: Candidates, host: HostIndex): HostIndex {
    const backups = this.rankings.of(`backup ${candidates.shape.key}`, (backup) =>
      candidates.backupKey(backup),
    );
    return backups.first((backup) => candidates.acceptsBackup(host, backup));
  }
}

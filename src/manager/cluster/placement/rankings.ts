import type { Cluster, HostIndex } from '../model/index.ts';
import { Tournament } from './tournament.ts';

/** Longest list of rankings that are kept; the one used longest ago goes first. */
const most = 256;

interface Ranking {
  tournament: Tournament;
  /** Changes of the cluster that are already in it. */
  seen: number;
}

/** Hosts in the order of costs, one ranking a kind of question, brought up to date when asked. */
export class Rankings {
  private readonly rankings = new Map<string, Ranking>();
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /**
   * @param question names what `key` computes; the same question has the same keys
   * @param key a function of the state of this host alone
   */
  of(question: string, key: (host: HostIndex) => number): Tournament {
    const { cluster } = this;
    const now = cluster.forgotten + cluster.changes.length;
    let ranking = this.rankings.get(question);
    const stale = ranking === undefined || ranking.seen < cluster.forgotten;
    if (ranking === undefined || stale || now - ranking.seen > cluster.hosts.length) {
      ranking = { tournament: new Tournament(cluster.hosts.length, key), seen: now };
    } else {
      for (let at = ranking.seen - cluster.forgotten; at < cluster.changes.length; at++) {
        const host = cluster.changes[at] ?? 0;
        ranking.tournament.set(host, key(host));
      }
      ranking.seen = now;
    }
    this.rankings.delete(question);
    this.rankings.set(question, ranking);
    const [oldest] = this.rankings.keys();
    if (this.rankings.size > most && oldest !== undefined) this.rankings.delete(oldest);
    return ranking.tournament;
  }
}

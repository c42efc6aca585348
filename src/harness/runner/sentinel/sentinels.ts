import { posix } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { TrialBed } from '../trial-bed.ts';
import { Sentinel } from './sentinel.ts';
import { takeSentinel } from './take.ts';
import { TrialSentinels } from './trial-sentinels.ts';

export interface SentinelsOfRun {
  /** Names of the storages that are looked at. */
  looked: ReadonlySet<string>;
  /** Of the controller, for the program that looks. */
  cache: string;
  /** Carried by every process of the run. */
  environment: Readonly<Record<string, string>>;
  /** Of the run. */
  clock: Clock;
}

/** The sentinels of a run: one for each storage, on the first host of a group. */
export class Sentinels {
  readonly #run: SentinelsOfRun;
  /** By host and directory. */
  readonly #sentinels = new Map<string, Sentinel>();

  constructor(run: SentinelsOfRun) {
    this.#run = run;
  }

  /** Those of a trial's storages. */
  of(bed: Pick<TrialBed, 'hosts' | 'storagesOn'>): TrialSentinels {
    const [host] = bed.hosts;
    if (host === undefined) return new TrialSentinels([]);
    const storages = bed.storagesOn(host).filter(({ name }) => this.#run.looked.has(name));
    return new TrialSentinels(
      storages.map(({ name, directory }) => this.#on(host, name, directory)),
    );
  }

  #on(host: Host, storage: string, directory: string): Sentinel {
    const key = `${host.name}:${directory}`;
    const known = this.#sentinels.get(key);
    if (known !== undefined) return known;
    const { cache, environment, clock } = this.#run;
    const file = posix.join(directory, `sentinel-${host.name}`);
    const take = (signal: AbortSignal) => takeSentinel({ host, file, cache, environment }, signal);
    const sentinel = new Sentinel(storage, host.name, take, clock);
    this.#sentinels.set(key, sentinel);
    return sentinel;
  }
}

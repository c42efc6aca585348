import type { MasterOptions } from '../master.ts';
import type { HostWatch } from './host-watch.ts';
import { Leases } from './leases.ts';
import { Refusal } from '../../wire/refusal.ts';
import { own } from '../records.ts';

/** Seconds between two tries to fence a host. */
const pause = 5;

type FenceOptions = Pick<MasterOptions, 'log' | 'fence' | 'onRefusedRestart' | 'now' | 'monotonic'>;

/** Fences hosts that are silent for too long, again and again until it is proven. */
export class Fences {
  readonly watch: HostWatch;
  readonly #options: FenceOptions;
  /** Hosts that are being fenced now. */
  readonly #underway = new Map<string, Promise<void>>();
  /** Milliseconds, when it was last tried. */
  readonly #tried = new Map<string, number>();
  readonly #told = new Map<string, string>();
  readonly #leases: Leases;
  readonly #stop = new AbortController();

  constructor(options: FenceOptions, watch: HostWatch) {
    this.#options = options;
    this.watch = watch;
    this.#leases = new Leases(options.monotonic ?? (() => performance.now() / 1000));
  }

  get watched() {
    return this.watch.watched;
  }

  /** Time has passed: fences whom it has to. */
  pass(): void {
    const { log, now } = this.#options;
    this.watch.pass(log.state);
    const hosts = Object.values(log.state.hosts);
    // Then it is the master that is cut off, or its clock that is wrong; and there is nowhere to restart.
    const deaf = !hosts.some(
      ({ name, registered, fenced }) =>
        registered !== undefined && fenced === undefined && !this.watch.isSilent(name),
    );
    for (const { name, registered, fenced } of hosts) {
      // What could not be written down after all has not happened.
      if (registered !== undefined && fenced === undefined && this.watch.isFenced(name)) {
        this.watch.begin(name, registered.boot);
      }
      const note = this.watch.note(name);
      if (note !== this.#told.get(name) && fenced === undefined && note !== undefined) {
        this.#options.onRefusedRestart?.(name, note);
      }
      if (note === undefined) this.#told.delete(name);
      else this.#told.set(name, note);
      if (registered === undefined || !this.watch.isFencing(name)) continue;
      // One that answers again may start guests behind the look of who fences it.
      if (this.#underway.has(name) || !this.watch.isSilent(name)) continue;
      if (now() - (this.#tried.get(name) ?? -Infinity) < pause * 1000) continue;
      this.#tried.set(name, now());
      if (deaf) {
        this.watch.fencingFailed(name, 'no host is heard of: none is fenced');
        continue;
      }
      const done = this.#fence(name, registered.boot).finally(() => this.#underway.delete(name));
      this.#underway.set(name, done);
    }
  }

  heard(host: string, boot: string): string | undefined {
    this.#leases.heard(host);
    return this.watch.heard(host, boot);
  }

  /** What answering it may renew. */
  registered(host: string): void {
    this.#leases.heard(host);
  }

  isFenced(host: string, boot?: string): boolean {
    const fenced = own(this.#options.log.state.hosts, host)?.fenced;
    return fenced !== undefined && (boot === undefined || boot === fenced.boot);
  }

  /** The host itself shows that its earlier life is over. */
  startedAnew(host: string, boot: string): void {
    if (!this.isFenced(host, boot)) this.#proven(host, boot, 'it has started anew');
  }

  /**
   * Somebody has seen to it that nothing of a host runs any more.
   * @throws Refusal if that cannot be: it was heard of a moment ago
   */
  confirm(host: string, by: string): void {
    const registered = own(this.#options.log.state.hosts, host)?.registered;
    if (registered === undefined) throw new Refusal('not allowed', `there is no host ${host}`);
    if (this.isFenced(host)) return;
    if (!this.watch.isSilent(host)) {
      const why = `${host} was heard of a moment ago: it is not off, or not for ${this.watch.silence} s`;
      throw new Refusal('not allowed', why);
    }
    this.#proven(host, registered.boot, `${by} has confirmed it`);
  }

  begin(host: string, boot: string): void {
    this.watch.begin(host, boot);
  }

  forget(host: string): void {
    this.watch.forget(host);
    this.#told.delete(host);
    this.#tried.delete(host);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the master ends'));
    await Promise.all(this.#underway.values());
  }

  #proven(host: string, boot: string, by: string): void {
    const { log, now } = this.#options;
    log.append({ kind: 'fenced', host, proof: { by, at: now() / 1000, boot } });
    this.watch.pass(log.state);
  }

  /** Never rejects. */
  async #fence(host: string, boot: string): Promise<void> {
    const { log, now } = this.#options;
    const began = now() / 1000;
    try {
      const by = await this.#proof(host);
      const proof = this.watch.fenced(host, boot, by, began);
      if (proof === undefined) throw new Error('it was heard of meanwhile');
      try {
        log.append({ kind: 'fenced', host, proof });
      } catch (error) {
        // What is not written down has not happened: it is watched, and fenced, anew.
        this.watch.begin(host, boot);
        throw error;
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.watch.fencingFailed(host, (error as Error).message);
    }
  }

  /** A lease that has ended is proof enough; before that, other ways may be faster. */
  async #proof(host: string): Promise<string> {
    const { fence, log } = this.#options;
    const lease = own(log.state.hosts, host)?.registered?.lease;
    const reasons: string[] = [];
    const ways = [
      ...(lease === undefined ? [] : [() => this.#leases.proof(host, lease)]),
      ...(fence === undefined ? [] : [() => fence(host, this.#stop.signal)]),
    ];
    if (ways.length === 0) throw new Error('no way to fence it is configured');
    for (const way of ways) {
      try {
        return await way();
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    throw new Error(reasons.join('; '));
  }
}

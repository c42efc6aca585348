import type { Guest, ServiceAddress } from '../../../platform/hypervisor/hypervisor.ts';
import { startHttpLoad, type HttpLoad, type LoadTrace } from '../../observe/http/index.ts';
import { EventsWatch } from '../../observe/events.ts';
import { watchNetwork, type NetworkWatching } from '../../observe/network/index.ts';
import { combined, type CombinedTrace } from '../../observe/network/combined.ts';
import type { Span, Trace } from '../../observe/observer.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { TrialScope } from '../measurement.ts';
import type { MigrationOptions } from './options.ts';

/** What was seen from outside, after watching has ended. */
export interface Seen {
  network: CombinedTrace;
  events: Trace;
  /** In which no CPU of the guest ran, by the hypervisors' stamps. */
  pauses: readonly Span[];
  /** Absent where there was no HTTP load. */
  http?: LoadTrace;
}

/** All that watches one guest from outside, from one host. */
export class Watch {
  readonly events: EventsWatch;
  readonly #scope: Pick<TrialScope, 'environment'>;
  readonly #host: Host;
  readonly #rate: number;
  readonly #known: ServiceAddress;
  readonly #network: Promise<NetworkWatching>[] = [];
  readonly #http: HttpLoad | undefined;
  #stopped = false;

  private constructor(
    scope: Pick<TrialScope, 'environment'>,
    host: Host,
    rate: number,
    guest: Guest,
    http: HttpLoad | undefined,
  ) {
    this.events = new EventsWatch(guest);
    this.#scope = scope;
    this.#host = host;
    this.#rate = rate;
    this.#known = guest.service.udp;
    this.#http = http;
  }

  /** @param host who asks the guest */
  static async start(
    scope: Pick<TrialScope, 'environment' | 'scenario'>,
    host: Host,
    guest: Guest,
    { rate }: Pick<MigrationOptions, 'rate'>,
  ): Promise<Watch> {
    const { environment, scenario } = scope;
    await host.clock.refit();
    const load = scenario.load.http;
    // With user networking the guest gets another port on its target: no client could follow.
    const http =
      load === false || guest.spec.network.kind === 'user'
        ? undefined
        : await startHttpLoad({ host, targets: [guest.service.http], environment, ...load });
    const watch = new Watch(scope, host, rate, guest, http);
    await watch.#probe(guest.service.udp);
    return watch;
  }

  /** The guest will also answer here. */
  alsoAt({ udp }: Guest['service']): void {
    if (udp.host === this.#known.host && udp.port === this.#known.port) return;
    void this.#probe(udp).catch(() => undefined);
  }

  async #probe(target: ServiceAddress): Promise<void> {
    const started = watchNetwork({
      ...{ host: this.#host, targets: [target], rate: this.#rate },
      environment: this.#scope.environment,
    });
    this.#network.push(started);
    await started;
  }

  /** Ends all of it. */
  async stop(): Promise<Seen> {
    this.#stopped = true;
    await this.#host.clock.refit();
    const [traces, events, http] = await Promise.all([
      Promise.all(this.#network.map(async (watching) => (await watching).stop())),
      this.events.stop(),
      this.#http?.stop(),
    ]);
    const [first, ...others] = traces;
    if (first === undefined) throw new Error('the network was not watched');
    return {
      network: combined([first, ...others]),
      events,
      pauses: this.events.pauses(),
      ...(http && { http }),
    };
  }

  /** Ends what still watches, after a failure. Never rejects. */
  async abandon(): Promise<void> {
    if (this.#stopped) return;
    await this.stop().catch(() => undefined);
  }
}

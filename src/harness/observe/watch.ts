import type { Guest } from '../../platform/hypervisor/hypervisor.ts';
import type { Host } from '../../platform/remote/host.ts';
import { EventsWatch } from './events.ts';
import { joined, startHttpLoad, type HttpLoad, type LoadTrace } from './http/index.ts';
import { combined, type CombinedTrace } from './network/combined.ts';
import { watchNetwork, type NetworkWatching } from './network/index.ts';
import type { Span, Trace } from './observer.ts';

/** What was seen from outside, after watching has ended. */
export interface Seen {
  network: CombinedTrace;
  events: Trace;
  /** In which no CPU of the guest ran, by the hypervisors' stamps. */
  pauses: readonly Span[];
  /** Absent where there was no HTTP load. */
  http?: LoadTrace;
}

type Service = Guest['service'];

export interface WatchOptions {
  /** Probes of the network a second. */
  rate: number;
  http: { rate: number; timeout: number } | false;
}

/** All that watches one guest from outside, from one host. */
export class Watch {
  readonly events: EventsWatch;
  readonly #host: Host;
  readonly #options: WatchOptions;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #source: Service;
  readonly #network: Promise<NetworkWatching>[] = [];
  readonly #http: Promise<HttpLoad>[] = [];
  #stopped = false;

  private constructor(
    host: Host,
    guest: Guest,
    environment: Readonly<Record<string, string>>,
    options: WatchOptions,
  ) {
    this.events = new EventsWatch(guest);
    this.#host = host;
    this.#options = options;
    this.#environment = environment;
    this.#source = guest.service;
  }

  /**
   * @param host who asks the guest
   * @param environment carried by every process
   */
  static async start(
    host: Host,
    guest: Guest,
    environment: Readonly<Record<string, string>>,
    options: WatchOptions,
  ): Promise<Watch> {
    await host.clock.refit();
    const watch = new Watch(host, guest, environment, options);
    try {
      await watch.#ask([guest.service], guest.service);
      return watch;
    } catch (error) {
      await watch.abandon();
      throw error;
    }
  }

  /**
   * The guest will also answer here. With user networking that is another port: from now on requests
   * go to both, as no real client could.
   */
  alsoAt(service: Service): void {
    const { host, port } = this.#source.udp;
    if (service.udp.host === host && service.udp.port === port) return;
    // Told when watching ends.
    this.#ask([this.#source, service], service).catch(() => undefined);
  }

  /** @param added the one that nobody asks yet */
  async #ask(services: readonly Service[], added: Service): Promise<void> {
    const environment = this.#environment;
    const host = this.#host;
    const { rate, http } = this.#options;
    const probe = watchNetwork({ host, targets: [added.udp], rate, environment });
    this.#network.push(probe);
    if (http !== false) {
      const targets = services.map((service) => service.http);
      this.#http.push(startHttpLoad({ host, targets, environment, ...http }));
    }
    const started = await Promise.allSettled([probe, ...this.#http]);
    for (const each of started) if (each.status === 'rejected') throw each.reason;
  }

  /** Ends all of it. @throws Error if something could not watch */
  async stop(): Promise<Seen> {
    this.#stopped = true;
    await this.#host.clock.refit();
    const [network, http, events] = await Promise.all([
      stopAll(this.#network),
      stopAll(this.#http),
      this.events.stop(),
    ]);
    const [first, ...others] = network;
    if (first === undefined) throw new Error('the network was not watched');
    const load = http.reduce<LoadTrace | undefined>(
      (all, next) => (all === undefined ? next : joined(all, next)),
      undefined,
    );
    return {
      network: combined([first, ...others]),
      events,
      pauses: this.events.pauses(),
      ...(load && { http: load }),
    };
  }

  /** Ends what still watches, after a failure. Never rejects. */
  async abandon(): Promise<void> {
    if (!this.#stopped) await this.stop().catch(() => undefined);
  }
}

/** Stops every one before it tells of the first that failed: nothing is left behind. */
async function stopAll<Stopped>(
  watching: readonly Promise<{ stop(): Promise<Stopped> }>[],
): Promise<Stopped[]> {
  const settled = await Promise.allSettled(watching.map(async (each) => (await each).stop()));
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/stats/random.ts';
import type { Front, Place } from '../../platform/front/front.ts';
import {
  planSharing,
  type Grant,
  type SharingPlan,
  type SharingPolicy,
  type SharingRules,
  type SharingService,
} from '../cluster/sharing/index.ts';
import { drain } from './drain.ts';
import { samePlace } from './kept-front.ts';

/** A service behind the front, with a server of its own. */
export interface SharedService {
  readonly id: string;
  readonly place: Place;
  readonly server: Place;
  /** Requests a second that its own server can do. */
  readonly capacity: number;
}

/** A server that works for another service than that of its host. */
export interface LentServer {
  readonly place: Place;
}

/** Starts and stops the servers that one service lends to another. Capacities in requests a second. */
export interface Lender<Server extends LentServer> {
  /** Starts a server of the service `to` in the capacity of `from`; it answers when this resolves. */
  start(grant: Grant, capacity: number): Promise<Server>;
  /** It may use this much from now on. */
  resize(server: Server, capacity: number): Promise<void>;
  stop(server: Server): Promise<void>;
  /** What is left of a service's own server, now that it lends. */
  setOwnCapacity(service: string, capacity: number): Promise<void>;
}

/** What one decision found, and what has come of those before. */
export interface SharingStep {
  /** When the front had been read, on the clock. */
  readonly at: number;
  readonly demands: readonly SharingService[];
  readonly plan: SharingPlan;
  /** Servers that came behind the front since the last step, with the seconds from the decision. */
  readonly started: readonly { grant: Grant; seconds: number }[];
  /** Servers that were drained and stopped since then. */
  readonly stopped: readonly Grant[];
  /** Servers that could not be started, with why: their grants are taken back. */
  readonly failed: readonly { grant: Grant; why: string }[];
}

export interface SharerOptions<Server extends LentServer> {
  readonly services: readonly SharedService[];
  readonly front: Front;
  readonly lender: Lender<Server>;
  readonly policy: SharingPolicy;
  readonly rules: SharingRules;
  readonly random: Random;
  readonly clock: Clock;
  /** Seconds that open connections get before a server is taken away. */
  readonly drainLimit: number;
}

interface Lent<Server> {
  grant: Grant;
  server: Server;
}

/**
 * Carries decisions of sharing out on a real front. Demand is what the front counts. A grant starts a
 * server where the donor is; a release drains and stops it. Reserved first, then acted upon: what is
 * being started counts as lent, and decisions go on meanwhile.
 *
 * A grant is load: who may load servers up to θ of what they can do needs `amount / θ` for it, and so
 * much less is left to the donor. Weights are the loads that servers are meant for.
 */
export class Sharer<Server extends LentServer> {
  readonly #options: SharerOptions<Server>;
  readonly #lent = new Map<string, Lent<Server>>();
  readonly #starting = new Map<string, Promise<void>>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #weights = new Map<string, number>();
  #news = noNews();
  #grants: readonly Grant[] = [];

  constructor(options: SharerOptions<Server>) {
    this.#options = options;
  }

  /** Puts all services behind the front, each with its own server. */
  async begin(): Promise<void> {
    const { services, front } = this.#options;
    for (const { id, place, server } of services) {
      const weight = this.#ownLoad(id);
      await front.addService(place);
      await front.addServer(place, server, weight);
      this.#weights.set(placesKey(place, server), weight);
    }
  }

  /** Looks at the demand, decides, and acts. Does not wait for servers. */
  async step(): Promise<SharingStep> {
    const { policy, rules, random } = this.#options;
    const demands = await this.#demands();
    const at = this.#options.clock.now();
    const plan = planSharing(
      { services: demands, grants: this.#grants },
      { policy, rules, random },
    );
    this.#grants = plan.after;
    await this.#follow();
    const news = this.#news;
    this.#news = noNews();
    return { at, demands, plan, ...news };
  }

  /** Gives all back: drains and stops what was lent, also what was only being started. */
  async end(): Promise<void> {
    this.#grants = [];
    await Promise.all(this.#starting.values());
    await this.#follow();
    await Promise.all(this.#ending.values());
  }

  /** What users ask for now, as the front counts. */
  async #demands(): Promise<SharingService[]> {
    const { services, front } = this.#options;
    const seen = await front.services();
    return services.map(({ id, capacity, place }) => {
      const found = seen.find((each) => samePlace(each, place));
      return { id, capacity, up: true, demand: found?.rate ?? 0 };
    });
  }

  /** Lets servers come and go as the grants now are. */
  async #follow(): Promise<void> {
    const { services, lender } = this.#options;
    const granted = new Map(this.#grants.map((grant) => [keyOf(grant), grant]));
    for (const [key, lent] of this.#lent) {
      if (!granted.has(key)) this.#takeBack(key, lent);
    }
    // What a donor does for itself shrinks before another uses it.
    await Promise.all(services.map(({ id }) => lender.setOwnCapacity(id, this.#ownCapacity(id))));
    for (const [key, grant] of granted) {
      const lent = this.#lent.get(key);
      if (lent === undefined) {
        // One that still drains has the name, and its donor's capacity.
        if (this.#starting.has(key) || this.#ending.has(key)) continue;
        this.#starting.set(key, this.#start(key, grant));
      } else if (lent.grant.amount !== grant.amount) {
        lent.grant = grant;
        await lender.resize(lent.server, this.#capacityFor(grant));
      }
    }
    await this.#weigh();
  }

  async #start(key: string, decided: Grant): Promise<void> {
    const { lender, front, clock } = this.#options;
    const from = clock.now();
    const granted = () => this.#grants.find((grant) => keyOf(grant) === key);
    let server: Server | undefined;
    try {
      server = await lender.start(decided, this.#capacityFor(decided));
      const grant = granted();
      // It may have been given back, or have changed, meanwhile.
      if (grant === undefined) {
        await lender.stop(server);
        return;
      }
      if (grant.amount !== decided.amount) await lender.resize(server, this.#capacityFor(grant));
      const { place } = this.#service(grant.to);
      await front.addServer(place, server.place, grant.amount);
      this.#weights.set(placesKey(place, server.place), grant.amount);
      this.#lent.set(key, { grant, server });
      this.#news.started.push({ grant, seconds: clock.now() - from });
    } catch (error) {
      // One that started and came not behind the front would use its donor's capacity for nobody.
      if (server !== undefined) await lender.stop(server).catch(() => undefined);
      this.#news.failed.push({ grant: decided, why: (error as Error).message });
      this.#grants = this.#grants.filter((grant) => keyOf(grant) !== key);
    } finally {
      this.#starting.delete(key);
    }
  }

  #takeBack(key: string, { grant, server }: Lent<Server>): void {
    const { lender, front, drainLimit } = this.#options;
    const { place } = this.#service(grant.to);
    this.#lent.delete(key);
    this.#weights.delete(placesKey(place, server.place));
    const ending = (async () => {
      try {
        await drain(front, place, server.place, drainLimit);
        await lender.stop(server);
        this.#news.stopped.push(grant);
      } catch (error) {
        this.#news.failed.push({ grant, why: (error as Error).message });
      }
    })();
    this.#ending.set(key, ending);
    void ending.finally(() => this.#ending.delete(key));
  }

  /** The front spreads by the loads that servers are meant for. */
  async #weigh(): Promise<void> {
    const { services, front } = this.#options;
    const wanted = [
      ...services.map(({ id, place, server }) => ({ place, server, weight: this.#ownLoad(id) })),
      ...[...this.#lent.values()].map(({ grant, server }) => ({
        ...{ place: this.#service(grant.to).place, server: server.place, weight: grant.amount },
      })),
    ];
    for (const { place, server, weight } of wanted) {
      const key = placesKey(place, server);
      if (this.#weights.get(key) === weight) continue;
      await front.setWeight(place, server, weight);
      this.#weights.set(key, weight);
    }
  }

  #capacityFor({ amount }: Grant): number {
    return amount / this.#options.rules.threshold;
  }

  #lentBy(id: string): number {
    return this.#grants.reduce((sum, { from, amount }) => (from === id ? sum + amount : sum), 0);
  }

  #ownCapacity(id: string): number {
    const { capacity } = this.#service(id);
    return Math.max(0, capacity - this.#lentBy(id) / this.#options.rules.threshold);
  }

  /** The load for which the own server of a service is meant: θ of what it can do, at least 1. */
  #ownLoad(id: string): number {
    return Math.max(1, this.#ownCapacity(id) * this.#options.rules.threshold);
  }

  #service(id: string): SharedService {
    const found = this.#options.services.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no service is called ${id}`);
    return found;
  }
}

interface Mutable {
  started: { grant: Grant; seconds: number }[];
  stopped: Grant[];
  failed: { grant: Grant; why: string }[];
}

function noNews(): Mutable {
  return { started: [], stopped: [], failed: [] };
}

function keyOf({ from, to }: Grant): string {
  return `${from}\0${to}`;
}

function placesKey(service: Place, server: Place): string {
  return `${service.address}:${service.port} ${server.address}:${server.port}`;
}

import type { Body } from '../../wire/messages/kinds.ts';

/** A way to an agent. */
export interface AgentLine {
  /** @throws Refusal if it cannot be reached, or refuses */
  request(body: Body): Promise<Body>;
  /**
   * Does what would delay the next request: connects, and begins a session.
   * @throws Refusal if it cannot be reached, or the reason of the signal
   */
  ready(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface LinesOptions {
  readonly dial: (host: string, address: string) => AgentLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Agent {
  readonly host: string;
  readonly address: string;
}

interface OpenLine {
  readonly address: string;
  readonly line: AgentLine;
  usedAt: number;
}

/** Milliseconds without use after which a way is made ready again; agents close it after a minute. */
const fresh = 40_000;
/** Milliseconds that one round may take: beginning sessions is dear, and agents want to be heard. */
const round = 500;
/** Milliseconds for one agent. */
const patience = 2000;
/** Agents at once: most of the time is theirs. */
const lanes = 4;

/**
 * Ways to agents, made ready before they are needed: connecting and beginning a session takes ten times
 * as long as a command.
 */
export class Lines {
  readonly #options: LinesOptions;
  readonly #open = new Map<string, OpenLine>();
  #atWork = false;
  #closed = false;

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  /** The way to the agent that listens there. */
  to(host: string, address: string): AgentLine {
    return this.#used(host, address).line;
  }

  /**
   * Makes ways ready that are not, a few at once; for the rest there is the next round. To be called
   * about once a second. Never rejects.
   */
  async keepReady(agents: readonly Agent[]): Promise<void> {
    if (this.#atWork) return;
    this.#atWork = true;
    const until = this.#options.now() + round;
    const rest = agents.values();
    await Promise.all(Array.from({ length: lanes }, () => this.#makeReady(rest, until)));
    this.#atWork = false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { line } of this.#open.values()) await line.close();
    this.#open.clear();
  }

  async #makeReady(agents: Iterable<Agent>, until: number): Promise<void> {
    const { now } = this.#options;
    for (const { host, address } of agents) {
      if (this.#closed || now() >= until) return;
      const known = this.#open.get(host);
      if (known?.address === address && now() - known.usedAt < fresh) continue;
      try {
        const { line } = this.#used(host, address);
        await line.ready(AbortSignal.timeout(patience));
      } catch {
        // Who cannot be reached is found out when there is something to say.
      }
    }
  }

  #used(host: string, address: string): OpenLine {
    const usedAt = this.#options.now();
    const known = this.#open.get(host);
    if (known?.address === address) {
      known.usedAt = usedAt;
      return known;
    }
    void known?.line.close();
    const open = { address, line: this.#options.dial(host, address), usedAt };
    this.#open.set(host, open);
    return open;
  }
}

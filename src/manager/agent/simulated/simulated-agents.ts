import { openMemoryLog } from '../../state/memory-log.ts';
import { issueCertificate, type Authority } from '../../wire/certificates/authority.ts';
import { identityOf, type Identity } from '../../wire/certificates/identity.ts';
import { requestKey } from '../../wire/certificates/keys.ts';
import { toPem } from '../../wire/certificates/pem.ts';
import { noAudit } from '../../wire/channel/audit.ts';
import { openChannel } from '../../wire/channel/client.ts';
import { serveWire } from '../../wire/channel/server.ts';
import type { Arm } from '../../wire/session/arms.ts';
import { Conversation } from '../../wire/session/conversation.ts';
import { Agent } from '../agent.ts';
import { Rest } from '../rest.ts';
import { nextBeat } from '../rhythm.ts';
import type { GuestRunner } from '../runner.ts';
import { SimulatedRunner } from './simulated-runner.ts';
import { emptyAgent, reduceAgent } from '../state.ts';

export interface SimulateAgents {
  /** Their names. */
  readonly hosts: readonly string[];
  /** Of the cluster, as in the folder of its master: it issues their certificates. */
  readonly authority: Authority;
  readonly arm: Arm;
  readonly master: { readonly name: string; readonly address: string };
  /** What guests may take on each: cores, bytes. */
  readonly room: { readonly cpu: number; readonly memory: number; readonly disk: number };
  /** Seconds between heartbeats. Default: 1. */
  readonly interval?: number;
  /** Seconds over which they begin, evenly. Default: one interval. */
  readonly over?: number;
  /** What runs the guests of a host. Default: guests that are only names. */
  readonly runner?: (host: string) => GuestRunner;
}

export interface SimulatedAgent {
  readonly host: string;
  readonly runner: GuestRunner;
  /** Heartbeats that the master has answered. */
  readonly answered: number;
  /** Ends at once, as if its host had lost power. */
  kill(): Promise<void>;
}

/**
 * Many agents in this process, each with its own certificate, server, connections and sessions, as
 * agents have them; all with one key, since making a thousand takes minutes. What they know ends with
 * them.
 */
export async function simulateAgents(options: SimulateAgents): Promise<SimulatedAgent[]> {
  const { hosts, authority, over = options.interval ?? 1 } = options;
  const now = Date.now();
  const { privateKey, request } = await requestKey('simulated');
  const trust = { authority: authority.certificate, revoked: new Set<string>() };
  return await Promise.all(
    hosts.map(async (name, at) => {
      const issue = { name, role: 'agent', request, now, days: 1 } as const;
      const certificate = toPem('CERTIFICATE', await issueCertificate(authority, issue));
      const self = identityOf(name, { certificate, privateKey }, trust);
      return await simulateAgent(self, options, (at / hosts.length) * over);
    }),
  );
}

async function simulateAgent(
  identity: Identity,
  { arm, master, room, interval = 1, runner: runnerOf }: SimulateAgents,
  delay: number,
): Promise<SimulatedAgent> {
  const host = identity.name;
  const runner = runnerOf?.(host) ?? new SimulatedRunner();
  const stop = new AbortController();
  const { signal } = stop;
  const rest = new Rest(signal);
  let answered = 0;
  const log = openMemoryLog({ empty: emptyAgent, reduce: reduceAgent });
  const agent = new Agent({ log, runner, boot: 'simulated', onResult: () => rest.wake() });
  const ends = { arm, self: () => identity, now: Date.now };
  const server = await serveWire({
    ...{ ...ends, host: '127.0.0.1', port: 0, audit: noAudit },
    handlers: { answer: (body, from) => agent.answer(body, from) },
  });
  const peer = { name: master.name, role: 'master' } as const;
  const channel = openChannel({ ...ends, address: master.address, peer });
  const talk = new Conversation({ ...ends, channel, peer });
  const running = keepTelling();
  return {
    host,
    runner,
    get answered() {
      return answered;
    },
    async kill() {
      stop.abort();
      await Promise.all([talk.close(), server.close(), running]);
    },
  };

  async function keepTelling(): Promise<void> {
    const period = interval * 1000;
    let due = performance.now() + delay * 1000;
    await rest.take(delay * 1000);
    let registered = false;
    while (!signal.aborted) {
      rest.gather();
      try {
        if (!registered) await register();
        registered = true;
        const heartbeat = await agent.heartbeat();
        const answer = await talk.request(heartbeat, signal);
        registered = answer.kind === 'ok';
        if (answer.kind === 'ok') agent.led(answer);
        if (registered) agent.told(heartbeat);
        if (registered) answered++;
        const now = performance.now();
        due = nextBeat(due, now, period);
        await rest.take(due - now);
      } catch {
        // A master that is away or busy is tried again, not by all at the same moment.
        await rest.take((0.5 + Math.random()) * 1000);
      }
    }
  }

  async function register(): Promise<void> {
    const address = `127.0.0.1:${server.port}`;
    const { hypervisor } = runner;
    const known = { boot: 'simulated', ...room, hypervisor, storages: [] };
    await talk.request({ kind: 'register', address, ...known }, signal);
  }
}

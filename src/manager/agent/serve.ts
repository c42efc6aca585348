import { readFileSync } from 'node:fs';
import { freemem, loadavg } from 'node:os';
import { join } from 'node:path';
import { livingProcess } from '../../platform/ledger/living-process.ts';
import { usualHeartbeats } from '../cluster/failover/health.ts';
import { MemberFolder } from '../member/folder.ts';
import { renewIdentity } from '../member/renew.ts';
import { lockFolder } from '../state/lock.ts';
import { openStateLog } from '../state/state-log.ts';
import type { Identity } from '../wire/certificates/identity.ts';
import { openAuditLog } from '../wire/channel/audit.ts';
import { openChannel } from '../wire/channel/client.ts';
import { serveWire } from '../wire/channel/server.ts';
import type { Body, BodyOf } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import { Conversation } from '../wire/session/conversation.ts';
import { Agent } from './agent.ts';
import { Lease, type LeaseOptions } from './lease.ts';
import { Rest } from './rest.ts';
import type { GuestRunner } from './runner.ts';
import { emptyAgent, reduceAgent } from './state.ts';

export interface ServeAgent {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Where the master reaches it: a host, without a port. */
  readonly advertise: string;
  readonly runner: (context: RunnerContext) => GuestRunner | Promise<GuestRunner>;
  /** Where guests' disks may be; see `register`. */
  readonly storages?: BodyOf<'register'>['storages'];
  /** Seconds between two heartbeats. Default: 1. */
  readonly interval?: number | undefined;
  /** Guests run only while the master answers; see `Lease`. Default: they go on. */
  readonly lease?: Pick<LeaseOptions, 'length' | 'watchdog'> | undefined;
  /** What guests may take: cores, bytes. */
  readonly room: { readonly cpu: number; readonly memory: number; readonly disk: number };
  readonly signal: AbortSignal;
  /** Told when the master has taken it in. */
  readonly onReady: (port: number) => void;
  /** Told when it can and cannot talk with the master, in words. */
  readonly onTrouble: (text: string) => void;
}

/** What a runner may need of its agent. */
export interface RunnerContext {
  /** Those that this agent has made. */
  readonly guests: readonly string[];
  readonly self: () => Identity;
  /**
   * Whether the master has answered lately. An agent that is cut off starts nothing: its guests may be
   * started elsewhere meanwhile.
   */
  readonly mayStart: () => boolean;
}

/** Seconds without an answer of the master after which nothing is started; a master fences later. */
const patience = usualHeartbeats.interval * usualHeartbeats.missed;

/** Shortest lease: what was begun while the master still answered is over by then. */
export const shortestLease = 2 * patience;

/** Milliseconds between two looks at the lease. */
const look = 250;
/** Seconds for the master to hear that there is no lease any more. */
const farewell = 5;

/**
 * Runs the agent of this host until the signal aborts. A master that cannot be reached is tried again.
 * @throws UserError if another process runs it, or it cannot listen
 */
export async function serveAgent(options: ServeAgent): Promise<void> {
  const { folder, host, port, advertise, runner: runnerOf, room, signal } = options;
  const { storages = [], interval = 1 } = options;
  const member = new MemberFolder(folder);
  const { arm, master } = member.membership();
  const boot = bootId();
  let identity = member.identity();
  const self = () => identity;
  const unlock = lockFolder(folder);
  const audit = openAuditLog(join(folder, 'audit.ndjson'), Date.now);
  const log = openStateLog({ folder, empty: emptyAgent, reduce: reduceAgent });
  let heard = -Infinity;
  let registeredAt = '';
  const runner = await runnerOf({
    guests: Object.keys(log.state.shapes),
    self,
    mayStart: () => performance.now() - heard < patience * 1000,
  });
  const lease = options.lease && leaseOf(options.lease, runner, options.onTrouble);
  const looking = setInterval(() => lease?.pass(), look);
  const rest = new Rest(signal);
  const agent = new Agent({
    ...{ log, runner, boot },
    load: () => ({ load: loadavg()[0], memoryFree: freemem() }),
    onResult: () => rest.wake(),
  });
  const peer = { name: master.name, role: 'master' } as const;
  const channel = openChannel({ address: master.address, arm, self, peer, now: Date.now });
  const talk = new Conversation({ arm, channel, self, peer, now: Date.now });
  try {
    await agent.settle();
    const server = await serveWire({
      ...{ host, port, arm, self, audit, now: Date.now },
      handlers: { answer: (body, from) => agent.answer(body, from) },
    });
    try {
      const address = `${advertise}:${server.port}`;
      await keepTelling(
        () => server.renew(),
        address,
        () => options.onReady(server.port),
      );
    } finally {
      await server.close();
    }
  } finally {
    await endLease();
    clearInterval(looking);
    await talk.close();
    runner.close?.();
    await agent.idle();
    log.close();
    audit.close();
    unlock();
  }

  async function keepTelling(renewed: () => void, address: string, ready: () => void) {
    let registered = false;
    let trouble = '';
    const over = () => signal.aborted;
    while (!over()) {
      rest.gather();
      try {
        if (!registered) await register(address);
        if (!registered) ready();
        registered = true;
        const heartbeat = await agent.heartbeat();
        // The master counts from when it heard; what it answers is no older than this.
        const asked = performance.now();
        await tellAll(heartbeat);
        heard = asked;
        lease?.renew(asked / 1000);
        trouble = '';
        if (await renewedCertificate()) renewed();
      } catch (error) {
        if (over()) return;
        // A master that was put up anew may not know of us.
        registered &&= error instanceof Refusal && error.reason === 'unreachable';
        const text = (error as Error).message;
        if (text !== trouble) options.onTrouble((trouble = text));
      }
      await rest.take(interval * 1000);
    }
  }

  /** A master that cannot write down results, as its disk is full, answers all the same: it is heard. */
  async function tellAll(heartbeat: BodyOf<'heartbeat'>): Promise<void> {
    try {
      await tell(heartbeat);
      agent.told(heartbeat);
    } catch (error) {
      const busy = error instanceof Refusal && error.reason === 'busy';
      if (!busy || heartbeat.results.length === 0) throw error;
      await tell({ ...heartbeat, results: [] });
    }
  }

  async function register(address: string): Promise<void> {
    registeredAt = address;
    const began = performance.now();
    const asked = began / 1000;
    if (lease?.isArmed !== true) await tell(registration(address));
    heard = Math.max(heard, began);
    if (lease === undefined) return;
    // It runs before it is promised.
    lease.arm(asked);
    await tell({ ...registration(address), lease: lease.promise });
  }

  /** Guests that go on without us hold no lease; where the master does not hear that, the host is reset. */
  async function endLease(): Promise<void> {
    if (lease?.isArmed !== true) return;
    try {
      await tell(registration(registeredAt), AbortSignal.timeout(farewell * 1000));
      lease.release();
    } catch (error) {
      const why = (error as Error).message;
      options.onTrouble(`it does not know that the lease ends: the watchdog goes on (${why})`);
    }
  }

  function registration(address: string): BodyOf<'register'> {
    const { hypervisor } = runner;
    return { kind: 'register', address, boot, ...room, hypervisor, storages };
  }

  async function tell(body: Body, until = signal): Promise<void> {
    const answer = await talk.request(body, until);
    if (answer.kind === 'refused') throw new Refusal('not allowed', answer.reason);
    if (answer.kind !== 'ok') throw new Refusal('not in the schema', `got ${answer.kind}`);
    agent.led(answer);
    const revoked = new Set(answer.revoked.map(({ serial }) => serial));
    if (revoked.size === identity.trust.revoked.size) return;
    member.saveRevoked(revoked);
    identity = { ...identity, trust: { ...identity.trust, revoked } };
  }

  async function renewedCertificate(): Promise<boolean> {
    const issue = async (request: string) => {
      const answer = await talk.request({ kind: 'renew', request }, signal);
      return answer.kind === 'certificate' ? answer.certificate : undefined;
    };
    const renewed = await renewIdentity(member, identity, issue, Date.now());
    if (renewed === undefined) return false;
    identity = renewed;
    talk.renew();
    return true;
  }
}

/** @throws UserError if it cannot be held */
function leaseOf(
  { length, watchdog }: Pick<LeaseOptions, 'length' | 'watchdog'>,
  runner: GuestRunner,
  onTrouble: LeaseOptions['onTrouble'],
): Lease {
  const endGuests = () => runner.endAll?.() ?? Promise.reject(new Error('they cannot be ended'));
  const now = () => performance.now() / 1000;
  return new Lease({ length, watchdog, endGuests, now, onTrouble });
}

/**
 * Names the life of this host. Read once: another value would prove to the master that all guests of this
 * one have ended.
 * @throws Error if it cannot be read
 */
function bootId(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  // A host may be a container: its life is that of its first process.
  return `${boot}.${livingProcess(1)?.start ?? 0}`;
}

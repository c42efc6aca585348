import { usualHeartbeats, type HeartbeatRules } from '../cluster/failover/health.ts';
import { endsWithin } from '../../platform/ends-within.ts';
import type { Role } from '../wire/certificates/authority.ts';
import type { Peer } from '../wire/certificates/trust.ts';
import type { Body, BodyOf } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import type { StateLog } from '../state/state-log.ts';
import { planAdoption, settlement } from './operations/adopting.ts';
import { planArrangement, type Arranged } from './operations/arranging.ts';
import { Commands } from './operations/commands.ts';
import { currentOrder } from './operations/course.ts';
import { KeptCluster } from './operations/kept-cluster.ts';
import type { AgentLine } from './operations/lines.ts';
import { Directors } from './directors.ts';
import { planStarts, type Stopped } from './failover/ended.ts';
import { planRestarts } from './failover/failover.ts';
import { Fences } from './failover/fences.ts';
import { planRemoval } from './failover/gone.ts';
import { HostWatch } from './failover/host-watch.ts';
import { Liveness } from './liveness.ts';
import { Members, type MembersOptions } from './members.ts';
import { operationOf, report } from './reports.ts';
import { own } from './records.ts';
import type { MasterEntry, MasterState } from './state.ts';
import { planOperation, type Seen } from './operations/submit.ts';

export type { AgentLine } from './operations/lines.ts';

export interface MasterOptions extends Omit<MembersOptions, 'log'> {
  readonly log: StateLog<MasterState, MasterEntry>;
  readonly cluster: string;
  /** How messages are protected, for the status. */
  readonly sealing: string;
  /** Opens a way to an agent. */
  readonly dial: (host: string, address: string) => AgentLine;
  /** Ends a silent host for certain; absent: nothing is started elsewhere, ever. */
  readonly fence?: Fence | undefined;
  /** Default: `usualHeartbeats`. */
  readonly heartbeats?: HeartbeatRules | undefined;
  /** Seconds, for what only our own clock proves. Default: since this process started. */
  readonly monotonic?: (() => number) | undefined;
  /** Told what was refused of guests' restarts, once for each reason. */
  readonly onRefusedRestart?: ((host: string, why: string) => void) | undefined;
}

/**
 * Makes certain that no guest of a host runs any more.
 * @returns what proves it, in words
 * @throws Error that says why it is not proven
 */
export type Fence = (host: string, signal: AbortSignal) => Promise<string>;

/**
 * The master: what it accepts it has written down before it answers, and what it has written down it
 * brings to an end, also after a restart. Nothing here knows of networks and hypervisors.
 */
export class Master {
  readonly #options: MasterOptions;
  readonly #members: Members;
  readonly #liveness: Liveness;
  readonly #began: number;
  readonly #fences: Fences;
  readonly #commands: Commands;
  readonly #cluster = new KeptCluster();
  readonly #directors: Directors;

  constructor(options: MasterOptions) {
    this.#options = options;
    this.#members = new Members(options);
    const { now, heartbeats = usualHeartbeats } = options;
    this.#liveness = new Liveness(now, heartbeats);
    this.#fences = new Fences(options, new HostWatch(now, heartbeats));
    this.#commands = new Commands(options);
    this.#directors = new Directors(now);
    this.#began = options.now();
  }

  /** Serials of certificates that count no more. */
  get revoked(): ReadonlySet<string> {
    return new Set(this.#options.log.state.revoked);
  }

  join(document: Uint8Array): Promise<string> {
    return this.#members.join(document);
  }

  /** A certificate for a new key of the master itself. */
  renew(request: string): Promise<string> {
    return this.#members.renew(this.#options.master, 'master', request);
  }

  /** @throws Refusal that says why not */
  async answer(body: Body, { name, role }: Pick<Peer, 'name' | 'role'>): Promise<Body> {
    expectRole(role, body);
    switch (body.kind) {
      case 'register':
        return this.#registered(name, body);
      case 'heartbeat':
        return this.#heard(name, body);
      case 'renew':
        return {
          kind: 'certificate',
          certificate: await this.#members.renew(name, role, body.request),
        };
      case 'submit':
        return this.#submitted(body);
      case 'arrange':
        return this.#arranged(body);
      case 'adopt':
        return this.#adopted(body);
      case 'settle':
        return this.#settled(body);
      case 'share':
        this.#directors.hear(body);
        return this.#ok();
      case 'query':
        return this.#report(body);
      case 'invite':
        return { kind: 'invitation', token: this.#members.invite(body.host) };
      case 'revoke':
        this.#members.revoke(body.name);
        return this.#ok();
      case 'confirmFenced':
        this.#fences.confirm(body.host, name);
        this.#failOver();
        return this.#ok();
      case 'removeHost':
        this.#options.log.append(planRemoval(this.#options.log.state, body.host, body.guests));
        this.#fences.forget(body.host);
        return this.#ok();
      default:
        throw new Refusal('not allowed', `a master is not asked ${body.kind}`);
    }
  }

  /**
   * Sends every command that is due. To be called about once a second. A host that does not answer holds up
   * its own commands alone: those that take longer than a second go on by themselves.
   */
  async drive(): Promise<void> {
    this.#fences.pass();
    this.#failOver();
    this.#startEnded();
    void this.#commands.keepReady((host) => this.#isUp(host));
    await endsWithin(1, this.#commands.drive());
  }

  async close(): Promise<void> {
    await this.#fences.close();
    await this.#commands.close();
  }

  #registered(host: string, body: BodyOf<'register'>): Body {
    const { address, cpu, memory, disk, hypervisor, storages, boot, lease } = body;
    const as = { address, cpu, memory, disk, hypervisor, storages, boot, lease };
    const { log } = this.#options;
    const before = own(log.state.hosts, host);
    const { registered } = before ?? {};
    if (registered !== undefined && registered.boot !== boot) {
      // Its own certificate, from its own folder: it has started anew, and what ran before is over.
      this.#fences.startedAnew(host, registered.boot);
      this.#failOver();
      this.#fences.begin(host, boot);
    } else if (this.#fences.isFenced(host, boot)) {
      const why = `host ${host} was fenced: it has to start anew before it may join`;
      throw new Refusal('not allowed', why);
    }
    this.#fences.registered(host);
    if (JSON.stringify(before?.registered) !== JSON.stringify(as)) {
      log.append({ kind: 'registered', host, as });
    }
    // It has just started: what it has taken it may have forgotten to tell of.
    this.#commands.sendAgain(host);
    return this.#ok();
  }

  #heard(host: string, body: BodyOf<'heartbeat'>): Body {
    const { log } = this.#options;
    if (own(log.state.hosts, host)?.registered === undefined) {
      throw new Refusal('not allowed', `${host} has not registered`);
    }
    const refusal = this.#fences.heard(host, body.boot);
    if (refusal !== undefined) throw new Refusal('not allowed', refusal);
    this.#liveness.hear(host, body);
    this.#commands.forgetGuestsOfOthers(host, body);
    for (const result of body.results) {
      const [id = ''] = result.command.split(':');
      const operation = own(log.state.operations, id);
      const order = operation && currentOrder(operation);
      // What is not under way was heard before.
      if (operation === undefined || order?.command.id !== result.command) continue;
      if (order.host !== host) continue;
      this.#commands.advance(operation, result);
    }
    return this.#ok();
  }

  /** Starts the guests of fenced hosts elsewhere. */
  #failOver(): void {
    const { log, now } = this.#options;
    const entry = planRestarts(log.state, (host) => this.#isUp(host), this.#fences.watched, now());
    if (entry === undefined) return;
    const since = now();
    log.append({ ...entry, operations: entry.operations.map((each) => ({ ...each, since })) });
  }

  /** Starts guests again that have ended though nobody has stopped them. */
  #startEnded(): void {
    const { log, now } = this.#options;
    const stopped: Stopped = (host, guest) => this.#liveness.stopped(host, guest);
    for (const operation of planStarts(log.state, stopped, now())) {
      log.append({ kind: 'accepted', operation });
    }
  }

  #isUp(host: string): boolean {
    return this.#liveness.isUp(host) && !this.#fences.isFenced(host);
  }

  #submitted(body: BodyOf<'submit'>): Body {
    const { log, now } = this.#options;
    const isUp = (host: string) => this.#isUp(host);
    const seen: Seen = (host, guest) => this.#liveness.guest(host, guest);
    const planned = planOperation(log.state, isUp, body, seen, this.#cluster.of);
    const { operation, known } = planned;
    if (!known && !body.dryRun) {
      const { id, action, guest } = operation;
      log.append({ kind: 'accepted', operation: { ...operation, since: now() } });
      if (action === 'remove' && own(log.state.guests, guest)?.unmanaged) {
        // Nothing but our knowledge of it is ours.
        log.append({ kind: 'advanced', id, to: { state: 'done', at: 0, ended: now() } });
      }
      void this.#commands.send(id);
    }
    const as = own(log.state.operations, operation.id) ?? operation;
    return { kind: 'operation', ...operationOf(as) };
  }

  #arranged(body: BodyOf<'arrange'>): Body {
    return this.#begun(planArrangement(this.#options.log.state, this.#liveness, body), body);
  }

  #adopted(body: BodyOf<'adopt'>): Body {
    return this.#begun(
      planAdoption(this.#options.log.state, (host) => this.#isUp(host), body),
      body,
    );
  }

  /** Writes down what was decided, unless it was before, and begins it. */
  #begun(
    { arranged, known }: { arranged: Arranged; known: boolean },
    { dryRun }: { dryRun: boolean },
  ): Body {
    if (!known && !dryRun) {
      const since = this.#options.now();
      const accepted = arranged.operations.map((each) => ({ ...each, since }));
      this.#options.log.append({ kind: 'arranged', ...arranged, operations: accepted });
      for (const { id } of arranged.operations) void this.#commands.send(id);
    }
    const { operations, record } = arranged;
    return { kind: 'operations', operations: operations.map(operationOf), left: record.left };
  }

  #settled(body: BodyOf<'settle'>): Body {
    const { log, now } = this.#options;
    const { operation, to } = settlement(log.state, body);
    const { id } = operation;
    if (to !== undefined) log.append({ kind: 'advanced', id, to: { ...to, ended: now() } });
    return { kind: 'operation', ...operationOf(own(log.state.operations, id) ?? operation) };
  }

  #report(body: BodyOf<'query'>): Body {
    const { log, cluster, sealing, now } = this.#options;
    const uptime = (now() - this.#began) / 1000;
    const { watch } = this.#fences;
    const [liveness, directors, clusterFor] = [this.#liveness, this.#directors, this.#cluster.of];
    const known = { state: log.state, liveness, directors, watch, clusterFor };
    return report(body, { ...known, cluster, sealing, uptime });
  }

  #ok(): Body {
    const revoked = this.#options.log.state.revoked.map((serial) => ({ serial }));
    return { kind: 'ok', revoked };
  }
}

/** Everything that is not for agents, or for whoever has a certificate, is for operators. */
function expectRole(role: Role, { kind }: Body): void {
  if (kind === 'renew') return;
  const expected = kind === 'register' || kind === 'heartbeat' ? 'agent' : 'operator';
  if (role === expected) return;
  throw new Refusal('not allowed', `${kind} is for ${expected}s, not for ${role}s`);
}

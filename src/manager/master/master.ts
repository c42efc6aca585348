import type { Role } from '../wire/certificates/authority.ts';
import type { Peer } from '../wire/certificates/trust.ts';
import type { Body, BodyOf } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import type { StateLog } from '../state/state-log.ts';
import { advance, currentOrder, type Result } from './course.ts';
import { Liveness } from './liveness.ts';
import { Members, type MembersOptions } from './members.ts';
import { operationOf, report } from './reports.ts';
import {
  isPending,
  own,
  type MasterEntry,
  type MasterState,
  type OperationRecord,
} from './state.ts';
import { planOperation } from './submit.ts';

/** A way to an agent. */
export interface AgentLine {
  /** @throws Refusal if it cannot be reached, or refuses */
  request(body: Body): Promise<Body>;
  close(): Promise<void>;
}

export interface MasterOptions extends Omit<MembersOptions, 'log'> {
  readonly log: StateLog<MasterState, MasterEntry>;
  readonly cluster: string;
  /** How messages are protected, for the status. */
  readonly sealing: string;
  /** Opens a way to an agent. */
  readonly dial: (host: string, address: string) => AgentLine;
}

/**
 * The master: what it accepts it has written down before it answers, and what it has written down it
 * brings to an end, also after a restart. Nothing here knows of networks and hypervisors.
 */
export class Master {
  readonly #options: MasterOptions;
  readonly #members: Members;
  readonly #liveness: Liveness;
  readonly #began: number;
  /** Ways to agents, with the address that they lead to. */
  readonly #lines = new Map<string, { address: string; line: AgentLine }>();
  /** Commands that agents have taken, or that are on their way to them. */
  readonly #sent = new Set<string>();

  constructor(options: MasterOptions) {
    this.#options = options;
    this.#members = new Members(options);
    this.#liveness = new Liveness(options.now);
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
    switch (body.kind) {
      case 'register':
        expectRole(role, 'agent', body);
        return this.#registered(name, body);
      case 'heartbeat':
        expectRole(role, 'agent', body);
        return this.#heard(name, body);
      case 'renew':
        return {
          kind: 'certificate',
          certificate: await this.#members.renew(name, role, body.request),
        };
      case 'submit':
        expectRole(role, 'operator', body);
        return this.#submitted(body);
      case 'query':
        expectRole(role, 'operator', body);
        return this.#report(body);
      case 'invite':
        expectRole(role, 'operator', body);
        return { kind: 'invitation', token: this.#members.invite(body.host) };
      case 'revoke':
        expectRole(role, 'operator', body);
        this.#members.revoke(body.name);
        return this.#ok();
      default:
        throw new Refusal('not allowed', `a master is not asked ${body.kind}`);
    }
  }

  /** Sends every command that is due. To be called about once a second. */
  async drive(): Promise<void> {
    const { operations } = this.#options.log.state;
    await Promise.all(
      Object.values(operations)
        .filter(isPending)
        .map(({ id }) => this.#send(id)),
    );
  }

  async close(): Promise<void> {
    for (const { line } of this.#lines.values()) await line.close();
    this.#lines.clear();
  }

  #registered(host: string, body: BodyOf<'register'>): Body {
    const { address, cpu, memory, disk, hypervisor } = body;
    const storages = body.storages.map((storage) => storage.name);
    const as = { address, cpu, memory, disk, hypervisor, storages };
    const { log } = this.#options;
    const before = own(log.state.hosts, host);
    if (JSON.stringify(before?.registered) !== JSON.stringify(as)) {
      log.append({ kind: 'registered', host, as });
    }
    // It has just started: what it has taken it may have forgotten to tell of.
    for (const operation of Object.values(log.state.operations)) {
      const order = currentOrder(operation);
      if (order?.host === host) this.#sent.delete(order.command.id);
    }
    return this.#ok();
  }

  #heard(host: string, body: BodyOf<'heartbeat'>): Body {
    const { log } = this.#options;
    if (own(log.state.hosts, host)?.registered === undefined) {
      throw new Refusal('not allowed', `${host} has not registered`);
    }
    this.#liveness.hear(host, body);
    for (const result of body.results) {
      const [id = ''] = result.command.split(':');
      const operation = own(log.state.operations, id);
      const order = operation && currentOrder(operation);
      // What is not under way was heard before.
      if (operation === undefined || order?.command.id !== result.command) continue;
      if (order.host !== host) continue;
      this.#advance(operation, result);
      this.#sent.delete(result.command);
      void this.#send(id);
    }
    return this.#ok();
  }

  #submitted(body: BodyOf<'submit'>): Body {
    const { log } = this.#options;
    const isUp = (host: string) => this.#liveness.isUp(host);
    const { operation, known } = planOperation(log.state, isUp, body);
    if (!known && !body.dryRun) {
      log.append({ kind: 'accepted', operation: { ...operation, since: this.#options.now() } });
      void this.#send(operation.id);
    }
    return { kind: 'operation', ...operationOf(operation) };
  }

  #report(body: BodyOf<'query'>): Body {
    const { log, cluster, sealing, now } = this.#options;
    const uptime = (now() - this.#began) / 1000;
    return report(body, { state: log.state, liveness: this.#liveness, cluster, sealing, uptime });
  }

  /** Sends the command that is under way, unless its agent has it. Never rejects. */
  async #send(id: string): Promise<void> {
    const { log } = this.#options;
    const operation = own(log.state.operations, id);
    const order = operation && currentOrder(operation);
    if (operation === undefined || order === undefined) return;
    if (this.#sent.has(order.command.id)) return;
    const line = this.#lineTo(order.host);
    if (line === undefined) return;
    this.#sent.add(order.command.id);
    try {
      const answer = await line.request(order.command);
      if (answer.kind === 'ok') return;
      const reason = answer.kind === 'refused' ? answer.reason : `the agent said ${answer.kind}`;
      const result = { command: order.command.id, outcome: 'failed', reason } as const;
      this.#advance(operation, result);
    } catch {
      // Not reached, or not written down: the next `drive` sends it again.
    }
    this.#sent.delete(order.command.id);
  }

  #advance(operation: OperationRecord, result: Result): void {
    const to = advance(operation, result);
    const over = to.state === 'done' || to.state === 'undone';
    const ended = over ? { ended: this.#options.now() } : {};
    this.#options.log.append({ kind: 'advanced', id: operation.id, to: { ...to, ...ended } });
  }

  #lineTo(host: string): AgentLine | undefined {
    const address = own(this.#options.log.state.hosts, host)?.registered?.address;
    if (address === undefined) return undefined;
    const open = this.#lines.get(host);
    if (open?.address === address) return open.line;
    void open?.line.close();
    const line = this.#options.dial(host, address);
    this.#lines.set(host, { address, line });
    return line;
  }

  #ok(): Body {
    const revoked = this.#options.log.state.revoked.map((serial) => ({ serial }));
    return { kind: 'ok', revoked };
  }
}

function expectRole(role: Role, expected: Role, { kind }: Body): void {
  if (role === expected) return;
  throw new Refusal('not allowed', `${kind} is for ${expected}s, not for ${role}s`);
}

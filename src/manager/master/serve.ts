import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveDashboard, type Dashboard } from '../dashboard/serve.ts';
import { Watch } from '../dashboard/watch.ts';
import { MemberFolder } from '../member/folder.ts';
import { renewIdentity } from '../member/renew.ts';
import { lockFolder } from '../state/lock.ts';
import { openGate, type Gate } from '../state/gate.ts';
import { NotRecorded, openStateLog, type StateLog } from '../state/state-log.ts';
import { openAuditLog } from '../wire/channel/audit.ts';
import { openChannel } from '../wire/channel/client.ts';
import { serveWire } from '../wire/channel/server.ts';
import { Refusal } from '../wire/refusal.ts';
import { Conversation } from '../wire/session/conversation.ts';
import type { HostEntry } from '../../platform/remote/inventory/schema.ts';
import type { HeartbeatRules } from '../cluster/failover/health.ts';
import { fenceBy } from './failover/fence.ts';
import { Master, type Fence } from './master.ts';
import { emptyMaster, reduceMaster, type MasterEntry, type MasterState } from './state.ts';

/** As whom the dashboard asks; acting needs its token besides. */
const looker = { name: 'dashboard', role: 'operator' } as const;

export interface ServeMaster {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Where to serve the dashboard and metrics; undefined: nowhere. */
  readonly dashboard?: { readonly host: string; readonly port: number } | undefined;
  /** How hosts are fenced; undefined: not at all. */
  readonly hosts?: readonly HostEntry[] | undefined;
  readonly heartbeats?: HeartbeatRules | undefined;
  readonly signal: AbortSignal;
  /** Told when it answers, with the port, and where its dashboard is. */
  readonly onReady: (port: number, dashboard?: string) => void;
  /** Told in words what keeps it from its work. */
  readonly onTrouble?: (text: string) => void;
}

/** The state of a master that is opened. */
export interface OpenState {
  readonly log: StateLog<MasterState, MasterEntry>;
  readonly gate: Gate;
  /** Which master it is in the row of those that have led; absent where there is but one. */
  readonly term?: number;
}

/**
 * Milliseconds since 1970, by a clock that nobody sets: a step back would keep lost hosts for alive as long as
 * it is, one ahead would lose those that live.
 */
const steadyTime = () => Math.round(performance.timeOrigin + performance.now());

/**
 * Runs the master of a cluster until the signal aborts.
 * @throws UserError if another process runs it, or it cannot listen
 */
export async function serveMaster(options: ServeMaster): Promise<void> {
  const { folder } = options;
  const member = new MemberFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const log = openStateLog({ folder, empty: emptyMaster, reduce: reduceMaster });
    try {
      await serveState(options, member, { log, gate: openGate });
    } finally {
      log.close();
    }
  } finally {
    unlock();
  }
}

/** What could not be written down is refused, with the reason. */
function refused(error: unknown): never {
  if (error instanceof NotRecorded) throw new Refusal('busy', error.message, { cause: error });
  throw error;
}

/** Runs a master with a state that is its own, until the signal aborts. */
export async function serveState(
  options: ServeMaster,
  member: MemberFolder,
  { log: opened, gate, term }: OpenState,
): Promise<void> {
  const { folder, host, port, signal, onReady } = options;
  const { arm, name, cluster } = member.membership();
  let own = member.identity();
  let trouble = '';
  const watch = new Watch((body) => gate(() => master.answer(body, looker)), Date.now);
  const audit = watch.audit(openAuditLog(join(folder, 'audit.ndjson'), Date.now));
  const log = watch.log(opened);
  const authority = member.authority();
  const self = () => ({
    ...own,
    trust: { authority: authority.certificate, revoked: master.revoked },
  });
  const master: Master = new Master({
    ...{ log, authority, master: name, cluster, sealing: arm, now: steadyTime },
    fence: options.hosts && gated(fenceBy(options.hosts, cluster)),
    heartbeats: options.heartbeats,
    onRefusedRestart: (from, detail) =>
      audit.refused({ from, asked: 'restart of its guests', reason: 'not allowed', detail }),
    dial(agent, address) {
      const peer = { name: agent, role: 'agent' } as const;
      const channel = openChannel({ address, arm, self, peer, now: Date.now });
      const talk = new Conversation({ arm, channel, self, peer, now: Date.now });
      return {
        async request(body) {
          await gate(() => undefined);
          return await talk.request(body.kind === 'command' ? { ...body, term } : body);
        },
        ready: (until) => talk.ready(until),
        close: () => talk.close(),
      };
    },
  });
  try {
    await renewOwn();
    const server = await serveWire({
      ...{ host, port, arm, self, audit, now: Date.now },
      handlers: {
        answer: watch.answer(async (body, peer) => {
          const answer = await gate(() => master.answer(body, peer)).catch(refused);
          return answer.kind === 'ok' ? { ...answer, term } : answer;
        }),
        join: (document) => gate(() => master.join(document)),
      },
    });
    let dashboard: Dashboard | undefined;
    try {
      dashboard =
        options.dashboard &&
        (await serveDashboard({ ...options.dashboard, folder, self, watch, audit }));
      onReady(server.port, dashboard?.url);
      while (!signal.aborted) {
        if (await renewOwn()) {
          server.renew();
          dashboard?.renew();
        }
        await drive();
        await sleep(1000, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await dashboard?.close();
      await server.close();
    }
  } finally {
    await master.close();
    audit.close();
  }

  /** What keeps it from a new certificate keeps it from nothing else: it is tried again. */
  async function renewOwn(): Promise<boolean> {
    try {
      const issue = (request: string) => gate(() => master.renew(request));
      const renewed = await renewIdentity(member, self(), issue, Date.now());
      own = renewed ?? own;
      return renewed !== undefined;
    } catch (error) {
      tellTrouble(`its certificate cannot be renewed: ${(error as Error).message}`);
      return false;
    }
  }

  function tellTrouble(text: string): void {
    if (text !== trouble) options.onTrouble?.((trouble = text));
  }

  /** Nobody is fenced by a master that was deposed. */
  function gated(fence: Fence): Fence {
    return async (agent, until) => {
      await gate(() => undefined);
      return await fence(agent, until);
    };
  }

  /** What cannot be written down now is tried again. */
  async function drive(): Promise<void> {
    try {
      await master.drive();
      trouble = '';
    } catch (error) {
      if (!(error instanceof NotRecorded)) throw error;
      tellTrouble(error.message);
    }
  }
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveDashboard, type Dashboard } from '../dashboard/serve.ts';
import { Watch } from '../dashboard/watch.ts';
import { MemberFolder } from '../member/folder.ts';
import { renewIdentity } from '../member/renew.ts';
import { lockFolder } from '../state/lock.ts';
import { openStateLog } from '../state/state-log.ts';
import { openAuditLog } from '../wire/channel/audit.ts';
import { openChannel } from '../wire/channel/client.ts';
import { serveWire } from '../wire/channel/server.ts';
import { Conversation } from '../wire/session/conversation.ts';
import type { HostEntry } from '../../platform/remote/inventory/schema.ts';
import type { HeartbeatRules } from '../cluster/failover/health.ts';
import { fenceBy } from './fence.ts';
import { Master } from './master.ts';
import { emptyMaster, reduceMaster } from './state.ts';

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
}

/**
 * Runs the master of a cluster until the signal aborts.
 * @throws UserError if another process runs it, or it cannot listen
 */
export async function serveMaster(options: ServeMaster): Promise<void> {
  const { folder, host, port, signal, onReady } = options;
  const member = new MemberFolder(folder);
  const { arm, name, cluster } = member.membership();
  let own = member.identity();
  const unlock = lockFolder(folder);
  const watch = new Watch((body) => master.answer(body, looker), Date.now);
  const audit = watch.audit(openAuditLog(join(folder, 'audit.ndjson'), Date.now));
  const log = watch.log(openStateLog({ folder, empty: emptyMaster, reduce: reduceMaster }));
  const authority = member.authority();
  const self = () => ({
    ...own,
    trust: { authority: authority.certificate, revoked: master.revoked },
  });
  const master: Master = new Master({
    ...{ log, authority, master: name, cluster, sealing: arm, now: Date.now },
    fence: options.hosts && fenceBy(options.hosts, cluster),
    heartbeats: options.heartbeats,
    onRefusedRestart: (from, detail) =>
      audit.refused({ from, asked: 'restart of its guests', reason: 'not allowed', detail }),
    dial(agent, address) {
      const peer = { name: agent, role: 'agent' } as const;
      const channel = openChannel({ address, arm, self, peer, now: Date.now });
      return new Conversation({ arm, channel, self, peer, now: Date.now });
    },
  });
  try {
    const server = await serveWire({
      ...{ host, port, arm, self, audit, now: Date.now },
      handlers: {
        answer: watch.answer((body, peer) => master.answer(body, peer)),
        join: (document) => master.join(document),
      },
    });
    let dashboard: Dashboard | undefined;
    try {
      dashboard =
        options.dashboard &&
        (await serveDashboard({ ...options.dashboard, folder, self, watch, audit }));
      onReady(server.port, dashboard?.url);
      while (!signal.aborted) {
        const renewed = await renewIdentity(
          member,
          self(),
          (request) => master.renew(request),
          Date.now(),
        );
        if (renewed !== undefined) {
          own = renewed;
          server.renew();
          dashboard?.renew();
        }
        await master.drive();
        await sleep(1000, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await dashboard?.close();
      await server.close();
    }
  } finally {
    await master.close();
    log.close();
    audit.close();
    unlock();
  }
}

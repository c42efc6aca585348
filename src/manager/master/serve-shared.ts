import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/errors.ts';
import { MemberFolder } from '../member/folder.ts';
import { EtcdClient } from '../state/etcd/client.ts';
import { lead, type Leadership } from '../state/etcd/leadership.ts';
import { openSharedLog } from '../state/etcd/shared-log.ts';
import { lockFolder } from '../state/lock.ts';
import { openStateLog } from '../state/state-log.ts';
import { expectListening } from '../wire/channel/listen.ts';
import { serveState, type ServeMaster } from './serve.ts';
import { emptyMaster, reduceMaster } from './state.ts';

export interface ServeSharedMaster extends ServeMaster {
  /** Members of etcd: `http://host:port`. */
  readonly etcd: readonly string[];
}

/**
 * Runs one of several masters of a cluster, whose state is in etcd, until the signal aborts: it answers
 * while it leads, and listens to nobody while another does. What a cluster that had one master knows goes
 * to etcd first.
 * @throws UserError if another process uses the folder, or it cannot listen
 */
export async function serveSharedMaster(options: ServeSharedMaster): Promise<void> {
  const { folder, signal, host, port } = options;
  const member = new MemberFolder(folder);
  const prefix = `/virtgauge/${member.membership().cluster}/`;
  const unlock = lockFolder(folder);
  const client = new EtcdClient({ urls: options.etcd });
  const trouble = (text: string) => options.onTrouble?.(text);
  const address = `${host}:${port}`;
  try {
    for (const at of [{ host, port }, options.dashboard]) {
      if (at !== undefined) await expectListening(at);
    }
    while (!signal.aborted) {
      const leadership = await lead({ client, prefix, address, signal, onWaiting: trouble });
      if (leadership === undefined) return;
      const served = await serveTerm(leadership).finally(() => leadership.end());
      // Another master may do better.
      if (!served) await sleep(2000, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await client.close();
    unlock();
  }

  /** @returns false if it could not serve at all, which it has told */
  async function serveTerm(leadership: Leadership): Promise<boolean> {
    const either = AbortSignal.any([signal, leadership.lost]);
    let log;
    try {
      const rules = { empty: emptyMaster, reduce: reduceMaster };
      log = await openSharedLog({ ...rules, client, prefix, leadership, first });
    } catch (error) {
      trouble(`the state cannot be read: ${(error as Error).message}`);
      return false;
    }
    const { gate } = log;
    const { term } = leadership;
    try {
      await serveState({ ...options, signal: either }, member, { log, gate, term });
    } catch (error) {
      // It could listen when it began: who has the port since then may let it go.
      if (!(error instanceof UserError)) throw error;
      trouble(`cannot lead: ${error.message}`);
      return false;
    }
    if (!signal.aborted) trouble((leadership.lost.reason as Error).message);
    return true;
  }

  /** What the folder has, of the time when there was one master. */
  function first() {
    const log = openStateLog({ folder, empty: emptyMaster, reduce: reduceMaster });
    log.close();
    return log.state;
  }
}

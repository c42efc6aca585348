import { setTimeout as sleep } from 'node:timers/promises';
import { MemberFolder } from '../member/folder.ts';
import { EtcdClient } from '../state/etcd/client.ts';
import { lead, type Leadership } from '../state/etcd/leadership.ts';
import { openSharedLog } from '../state/etcd/shared-log.ts';
import { lockFolder } from '../state/lock.ts';
import { openStateLog } from '../state/state-log.ts';
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
    while (!signal.aborted) {
      const leadership = await lead({ client, prefix, address, signal, onWaiting: trouble });
      if (leadership === undefined) return;
      try {
        await serveTerm(leadership);
      } finally {
        await leadership.end();
      }
    }
  } finally {
    await client.close();
    unlock();
  }

  async function serveTerm(leadership: Leadership): Promise<void> {
    const either = AbortSignal.any([signal, leadership.lost]);
    let log;
    try {
      const rules = { empty: emptyMaster, reduce: reduceMaster };
      log = await openSharedLog({ ...rules, client, prefix, leadership, first });
    } catch (error) {
      trouble(`the state cannot be read: ${(error as Error).message}`);
      await sleep(1000, undefined, { signal }).catch(() => undefined);
      return;
    }
    const { gate } = log;
    await serveState({ ...options, signal: either }, member, { log, gate, term: leadership.term });
    if (!signal.aborted) trouble((leadership.lost.reason as Error).message);
  }

  /** What the folder has, of the time when there was one master. */
  function first() {
    const log = openStateLog({ folder, empty: emptyMaster, reduce: reduceMaster });
    log.close();
    return log.state;
  }
}

import { UserError } from '../../../base/errors.ts';
import type { Host } from '../../remote/host.ts';
import type { HostEntry } from '../../remote/inventory/schema.ts';
import type { Shell } from '../../remote/shell.ts';
import { stateDirectory } from '../state-directory.ts';
import type { Removed } from './kind.ts';

/** Seconds that a connection is kept for the next resource of the same host. */
const linger = 0.3;
/** Seconds for which a host that was out of reach is not tried again. */
const patience = 20;

interface Connection {
  host: Promise<Host>;
  users: number;
  failedAt?: number;
  timer?: NodeJS.Timeout;
}

/** By the text of the entry. Resources of one host are removed one after the other. */
const connections = new Map<string, Connection>();

/**
 * Removes something on a remote host. With a lab that is no more, its hosts and all that lay on them
 * are gone.
 * @throws Error if the host is out of reach: what is there stays
 */
export async function onRemoteHost(
  entry: HostEntry,
  remove: (shell: Shell) => Promise<Removed[]>,
): Promise<Removed[]> {
  if (entry.lab !== undefined) {
    const { name, token } = entry.lab;
    const { labExists, readLab } = await import('../../lab/lab-record.ts');
    const state = stateDirectory();
    if (!labExists(state, name)) return [];
    // Another may have its name now. One without a record was never whole.
    if (readLab(state, name)?.token !== token) return [];
  }
  const key = JSON.stringify(entry);
  const connection = open(key, entry);
  connection.users++;
  clearTimeout(connection.timer);
  try {
    let host: Host;
    try {
      host = await connection.host;
    } catch (cause) {
      connection.failedAt ??= performance.now();
      const reason =
        cause instanceof UserError
          ? cause.problems.map(({ message }) => message).join('; ')
          : String(cause);
      throw new Error(`${entry.name} is out of reach: ${reason}`, { cause });
    }
    return await remove(host.shell);
  } finally {
    connection.users--;
    if (connection.users === 0 && connection.failedAt === undefined) {
      connection.timer = setTimeout(() => {
        connections.delete(key);
        void connection.host.then(({ shell }) => shell.close());
      }, linger * 1000);
    }
  }
}

function open(key: string, entry: HostEntry): Connection {
  const known = connections.get(key);
  const stale =
    known?.failedAt !== undefined && performance.now() - known.failedAt > patience * 1000;
  if (known !== undefined && !stale) return known;
  const host = import('../../remote/connect-host.ts').then(({ connectHost }) => connectHost(entry));
  const connection: Connection = { host, users: 0 };
  connections.set(key, connection);
  return connection;
}

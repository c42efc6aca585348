import { quote } from '../../../remote/ssh/quote.ts';
import type { Host } from '../../../remote/host.ts';
import type { Argv } from '../../../remote/shell.ts';

/** Marks the programs of one migration on either host, so that they can be ended. */
export const transportVariable = 'VIRTGAUGE_XEN_TRANSPORT';
export const receiverVariable = 'VIRTGAUGE_XEN_RECEIVER';

/** Seconds without an answer after which ssh gives up a host: three times this. */
const aliveInterval = 5;

/**
 * How the source reaches the target as root. By ssh no question is ever asked, a host that is silent is
 * given up, and at its end ssh says what it has sent.
 */
export function loginTo({ address, login }: Pick<Host, 'address' | 'login'>): Argv {
  if (login !== undefined) return login;
  return [
    'ssh',
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15', '-o', 'LogLevel=VERBOSE'],
    ...['-o', `ServerAliveInterval=${aliveInterval}`, '-o', 'ServerAliveCountMax=3'],
    `root@${address}`,
  ];
}

/**
 * `xl migrate`, with both programs marked. Their error streams come as one output: of the receiver
 * ssh carries it.
 * @param id of this migration
 * @param environment of the run, for the receiver; the caller gives it to this command too
 * @param config of the guest on the target, if it is not that of the source
 */
export function migrateCommand({
  domain,
  login,
  id,
  environment,
  config,
}: {
  domain: string;
  /** See `loginTo`. */
  login: Argv;
  id: string;
  environment: Readonly<Record<string, string>>;
  config?: string | undefined;
}): Argv {
  const settings = Object.entries({ ...environment, [receiverVariable]: id });
  const receive = ['env', ...settings.map(([key, value]) => `${key}=${value}`), 'LC_ALL=C'];
  // -e: it shall not stay there to wait for the guest's end. The remote shell reads it once more.
  const remote = [...receive, 'xl', '-vvv', 'migrate-receive', '-e'].map(quote).join(' ');
  const words = [...login, remote].map(quote).join(' ');
  const transport = `${transportVariable}=${id} exec ${words}`;
  return [
    ...(['sh', '-c', 'exec "$@" 2>&1', 'sh'] as const),
    ...['xl', '-vvv', 'migrate', '-s', ''],
    ...(config === undefined ? [] : ['-C', config]),
    ...[domain, transport],
  ];
}

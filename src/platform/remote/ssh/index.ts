import type { Endpoint } from '../inventory/schema.ts';
import type { Shell } from '../shell.ts';
import { dial, type DialOptions } from './connection.ts';
import { Sessions } from './sessions.ts';
import { SshShell } from './ssh-shell.ts';

export type { NewKey, OnNewKey } from './host-key.ts';
export type { DialOptions } from './connection.ts';

/**
 * Logs in on a host. A connection that breaks is opened anew by the next command.
 * @param name of the host, for messages
 * @throws UserError that says why the host is out of reach or not to be trusted
 */
export async function sshShell(
  name: string,
  endpoint: Endpoint,
  options: DialOptions = {},
): Promise<Shell> {
  const first = await dial(name, endpoint, options);
  return new SshShell(name, new Sessions(() => dial(name, endpoint), first));
}

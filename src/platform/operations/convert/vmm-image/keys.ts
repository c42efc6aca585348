import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { VmmIdentity } from './vmm.ts';

/** The two keys of a VMM: by which it is known, and by which the controller logs in. */
export interface VmmAccess {
  identity: VmmIdentity;
  /** How a process of this machine reaches it. */
  entry: HostEntry;
}

/**
 * Makes the keys of a VMM; both stay in `folder`, of which `entry` tells.
 * @param name of the machine, for messages
 * @param address its own, with the length of the prefix
 */
export async function makeVmmAccess(
  shell: Shell,
  folder: string,
  {
    name,
    address,
    gateway,
    emulated,
  }: {
    name: string;
    address: string;
    gateway?: string | undefined;
    emulated?: boolean | undefined;
  },
): Promise<VmmAccess> {
  const key = join(folder, 'vmm-key');
  const hostKey = join(folder, 'vmm-host-key');
  const knownHosts = join(folder, 'vmm-known-hosts');
  for (const path of [key, hostKey]) {
    await rm(path, { force: true });
    await shell.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path], {
      timeout: 60,
    });
  }
  const host = address.split('/')[0] ?? address;
  const [type = '', publicKey = ''] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ');
  await writeFile(knownHosts, `${host} ${type} ${publicKey}\n`);
  return {
    identity: {
      address,
      ...(gateway !== undefined && { gateway }),
      hostKey: await readFile(hostKey, 'utf8'),
      authorizedKey: await readFile(`${key}.pub`, 'utf8'),
    },
    entry: {
      name: `${name}-vmm`,
      ssh: {
        ...{ address: host, port: 22, user: 'root', key, knownHosts: [knownHosts] },
        ...(emulated !== undefined && { emulated }),
      },
      ...{ address: host, bridge: 'br0', runtime: '/run', cache: '/tmp/cache', storages: {} },
      ...(emulated !== undefined && { emulated }),
    },
  };
}

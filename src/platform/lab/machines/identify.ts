import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../../../base/errors.ts';
import { localShell } from '../../remote/local.ts';
import { hostKeyFile, keyFiles } from '../keys.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { awaitMachine } from './await-machine.ts';
import { encodeIdentity, readReply, type MachineIdentity } from './image/identity.ts';
import { machineFiles, type MachineHost } from './plan.ts';
import type { Machine } from './process.ts';

/** Who a machine of a lab is to be. @param now seconds since 1970 */
export function identityOf(lab: MachinesRecord, host: MachineHost, now: number): MachineIdentity {
  const { key, knownHosts } = keyFiles(lab);
  const text = (path: string) => readFileSync(path, 'utf8');
  const server = lab.shared === undefined ? undefined : nfsServer(lab);
  return {
    name: host.name,
    address: `${host.address}/24`,
    peers: Object.fromEntries(lab.hosts.map(({ name, address }) => [name, address])),
    hostKey: text(hostKeyFile(host)),
    hostKeyPublic: text(`${hostKeyFile(host)}.pub`),
    authorizedKeys: text(`${key}.pub`),
    userKey: text(key),
    userKnownHosts: text(knownHosts),
    time: now,
    ...(server &&
      host.machine !== 'plain' && {
        nfs: server.name === host.name ? { serve: true } : { from: server.address },
      }),
  };
}

/** The machine that serves what all share that host guests. */
export function nfsServer({ hosts }: Pick<MachinesRecord, 'hosts'>): MachineHost {
  const first = hosts.find(({ machine }) => machine !== 'plain');
  if (first === undefined) throw new Error('a lab whose hosts share has one that hosts guests');
  return first;
}

/**
 * Tells a machine who it is; resolves when it answers to ssh. One that is still booting reads it when
 * it has got so far.
 * @param seconds that it gets
 * @throws UserError with what it answered, or the end of its console
 */
export async function identify(
  lab: MachinesRecord,
  machine: Pick<Machine, 'host' | 'gone'>,
  seconds: number,
  signal?: AbortSignal,
): Promise<void> {
  const { host } = machine;
  const stream = await localShell.connect(machineFiles(host).port);
  const begin = (resolve: () => void, reject: (error: Error) => void) => {
    // A stream that ends says nothing: its process has ended, which tells more in a moment.
    const lines = createInterface({ input: stream }).once('line', (line) => {
      try {
        const reply = readReply(line);
        if ('ready' in reply) resolve();
        else throw new Error(reply.error);
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        const message = `expected it to take its name and addresses, got: ${said}`;
        reject(new UserError({ where: `machine ${host.name}`, message }, { cause: error }));
      }
    });
    stream.write(encodeIdentity(identityOf(lab, host, Date.now() / 1000)));
    return () => {
      lines.close();
      stream.destroy();
    };
  };
  await awaitMachine(machine, 'expected it to start', { seconds, signal }, begin);
}

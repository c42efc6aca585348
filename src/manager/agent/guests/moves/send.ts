import type { Duplex } from 'node:stream';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import type { Guest } from '../../../platform/hypervisor/hypervisor.ts';
import { attach } from '../../../platform/hypervisor/qemu/launch.ts';
import { prepareBetween } from '../../../platform/hypervisor/qemu/migration/prepare.ts';
import { versionedMachine } from '../../../platform/hypervisor/qemu/machine-type.ts';
import { monitorOf } from '../../../platform/hypervisor/qemu/monitor.ts';
import type { MigrationMethod } from '../../../platform/hypervisor/migration.ts';
import { proveEnded } from '../../../platform/operations/prove-ended.ts';
import type { Host } from '../../../platform/remote/host.ts';
import {
  CommandError,
  type Ended,
  type Process,
  type Shell,
} from '../../../platform/remote/shell.ts';
import { ownClock } from '../../../platform/remote/this-machine.ts';
import type { Identity } from '../../wire/certificates/identity.ts';
import type { Awaited } from '../runner.ts';
import { awaitedNote } from './arrival.ts';
import { askTunnel, joinTunnel, type TunnelCall, type TunnelEnd } from './tunnel-client.ts';

/** How guests are moved where nobody says otherwise. */
const usualMethod: Omit<MigrationMethod, 'disk'> = {
  ...{ method: 'pre-copy', postCopyAfter: 1, multifd: 0, xbzrle: false, autoConverge: true },
  ...{ downtimeLimit: 0.3, bandwidth: undefined, transport: 'direct', timeout: 300 },
};

export interface Sending {
  readonly guest: Guest;
  readonly to: Awaited & { readonly host: string };
  readonly self: () => Identity;
  /** Id of the storage that its disk is on here. */
  readonly storage: string;
  readonly instance: string | undefined;
  /** Disks that were plugged in. */
  readonly plugged: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Moves a guest to where it is awaited, through the monitors of both ends; nothing of it is left here.
 * @throws Error that says why it was not moved; it runs here then, or the message says what became of it
 */
export async function sendGuest(sending: Sending): Promise<void> {
  const { guest, to, self, storage, instance, plugged, signal } = sending;
  const { secret, storage: theirs } = awaitedNote.parse(JSON.parse(to.note ?? '{}'));
  const end: TunnelEnd = { address: to.address, host: to.host, secret, self };
  const disk = theirs === storage ? 'shared' : 'mirror';
  if (disk === 'mirror' && Object.keys(plugged).length > 0) {
    throw new Error('disks that were plugged in are moved on shared storage only');
  }
  const machineType = await versionedMachine(monitorOf(guest));
  const { vcpus, memory, maximum, cpu, accelerator } = guest.spec;
  const started = { vcpus, memory, cpu, accelerator, ...(maximum && { maximum }) };
  const { size: bytes } = await stat(guest.spec.disk.path);
  const launch = { ask: 'launch', machineType, disk, bytes, started } as const;
  const { pid } = await askTunnel<{ pid: number }>(end, launch);
  const target = new TargetHost(end, guest, pid);
  try {
    const arriving = await attach(guest.hypervisor, target.host, guest.spec, target.process, true);
    await plugAgain(guest, arriving, plugged);
    const method: MigrationMethod = { ...usualMethod, disk };
    const prepared = await prepareBetween(guest, arriving, method);
    const outcome = await prepared.run(signal, () => undefined);
    if (outcome.state === 'not-converged') {
      throw new Error(`it writes its memory faster than it can be sent (${method.timeout} s)`);
    }
    if (outcome.state === 'failed') throw new Error(outcome.reason);
  } catch (error) {
    target.close();
    if (!(error instanceof UserError)) throw error;
    throw new Error(error.problems.map(({ message }) => message).join('; '), { cause: error });
  }
  target.close();
  const proof = proveEnded(guest);
  await askTunnel(end, { ask: 'taken', instance, plugged }, 120);
  const doubt = await proof;
  if (doubt !== undefined) throw new Error(`it runs there, and is not proven gone here: ${doubt}`);
}

/** Gives the end that waits what was plugged into the guest since it was started. */
async function plugAgain(
  guest: Guest,
  arriving: Guest,
  plugged: Readonly<Record<string, string>>,
): Promise<void> {
  const { hotplug } = guest.hypervisor;
  if (hotplug === undefined) return;
  const now = await hotplug.devices(guest);
  if (now.vcpus !== guest.spec.vcpus) await hotplug.setVcpus(arriving, now.vcpus);
  const { cache } = guest.spec.disk;
  for (const path of Object.values(plugged)) {
    await hotplug.attachDisk(arriving, { path, format: 'raw', cache });
  }
  const { network } = arriving.spec;
  for (const mac of now.nics.filter((each) => each !== guest.spec.mac)) {
    await hotplug.attachNic(arriving, { mac, network });
  }
}

/** The host at the other end of a tunnel, as far as one guest needs it. */
class TargetHost {
  readonly host: Host;
  readonly process: Process;
  readonly #streams = new Set<Duplex>();

  constructor(end: TunnelEnd, guest: Guest, pid: number) {
    const shell: Shell = {
      ...guest.host.shell,
      host: end.host,
      run: async (argv) => {
        const [program] = argv;
        if (program === 'ip') await askTunnel(end, { ask: 'network' });
        else if (program === 'cat') {
          const { lives } = await askTunnel<{ lives: boolean }>(end, { ask: 'lives', wait: false });
          if (!lives) throw new CommandError(end.host, argv, 'failed', { code: 1 });
        } else throw new CommandError(end.host, argv, 'is not for a guest that arrives');
        return { stdout: '', stderr: '' };
      },
      connect: async (path) => {
        const socket = basename(path, '.sock') as Extract<TunnelCall, { ask: 'connect' }>['socket'];
        const stream = await joinTunnel(end, { ask: 'connect', socket });
        this.#streams.add(stream);
        stream.once('close', () => this.#streams.delete(stream));
        return stream;
      },
    };
    const address = /^\[?(.*?)\]?:\d+$/.exec(end.address)?.[1] ?? end.address;
    this.host = { ...guest.host, name: end.host, address, shell, clock: ownClock };
    const exited = askTunnel<Partial<Ended>>(end, { ask: 'lives', wait: true }, 3600).then(
      ({ code, signal, stderr = '' }): Ended => ({ code, signal, stderr }),
      (error: unknown): Ended => ({
        ...{ code: undefined, signal: undefined, stderr: '' },
        lost: (error as Error).message,
      }),
    );
    this.process = {
      pid,
      exited,
      kill: () => void askTunnel(end, { ask: 'end' }).catch(() => undefined),
    };
  }

  /** Lets go of its sockets: who has the guest now takes them. */
  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

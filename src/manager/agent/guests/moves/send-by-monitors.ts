import { basename } from 'node:path';
import type { Guest } from '../../../../platform/hypervisor/hypervisor.ts';
import type { MigrationOutcome } from '../../../../platform/hypervisor/migration.ts';
import { attach } from '../../../../platform/hypervisor/qemu/launch.ts';
import { versionedMachine } from '../../../../platform/hypervisor/qemu/machine-type.ts';
import { prepareBetween } from '../../../../platform/hypervisor/qemu/migration/prepare.ts';
import { monitorOf } from '../../../../platform/hypervisor/qemu/monitor.ts';
import type { Host } from '../../../../platform/remote/host.ts';
import {
  CommandError,
  type Ended,
  type Process,
  type Shell,
} from '../../../../platform/remote/shell.ts';
import { ownClock } from '../../../../platform/remote/this-machine.ts';
import { usualMethod, type Move } from './send.ts';
import type { OtherEnd, TunnelCall } from './tunnel-client.ts';

/** Moves a guest of QEMU through the monitors of both ends. */
export async function sendByMonitors(move: Move): Promise<MigrationOutcome> {
  const { guest, other, arrival, plugged, signal } = move;
  const machineType = await versionedMachine(monitorOf(guest));
  const { pid } = await other.ask<{ pid: number }>({ ask: 'launch', machineType, ...arrival });
  const process = processThrough(other, pid);
  const host = hostThrough(other, guest);
  const arriving = await attach(guest.hypervisor, host, guest.spec, process, true);
  await plugAgain(guest, arriving, plugged);
  const prepared = await prepareBetween(guest, arriving, { ...usualMethod, disk: arrival.disk });
  return prepared.run(signal, () => undefined);
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
function hostThrough(other: OtherEnd, guest: Guest): Host {
  const shell: Shell = {
    ...guest.host.shell,
    host: other.host,
    run: async (argv) => {
      const [program] = argv;
      if (program === 'ip') await other.ask({ ask: 'network' });
      else if (program === 'cat') {
        const { lives } = await other.ask<{ lives: boolean }>({ ask: 'lives', wait: false });
        if (!lives) throw new CommandError(other.host, argv, 'failed', { code: 1 });
      } else throw new CommandError(other.host, argv, 'is not for a guest that arrives');
      return { stdout: '', stderr: '' };
    },
    connect: async (path) => {
      const socket = basename(path, '.sock') as Extract<TunnelCall, { ask: 'connect' }>['socket'];
      return (await other.join({ ask: 'connect', socket })).stream;
    },
  };
  return { ...guest.host, name: other.host, address: other.address, shell, clock: ownClock };
}

function processThrough(other: OtherEnd, pid: number): Process {
  const exited = other.ask<Partial<Ended>>({ ask: 'lives', wait: true }, 3600).then(
    ({ code, signal, stderr = '' }): Ended => ({ code, signal, stderr }),
    (error: unknown): Ended => ({
      ...{ code: undefined, signal: undefined, stderr: '' },
      lost: (error as Error).message,
    }),
  );
  const kill = () => void other.ask({ ask: 'end' }).catch(() => undefined);
  return { pid, exited, kill };
}

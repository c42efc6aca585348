import type { Guest } from '../../hypervisor.ts';
import type { MigrationBackend, MigrationMethod, PreparedMigration } from '../../migration.ts';
import { launch } from '../launch.ts';
import { versionedMachine } from '../machine-type.ts';
import { monitorOf } from '../monitor.ts';
import { expectKnownMethod, expectSameCpu, expectSameMachine } from './compatibility.ts';
import type { Move } from './move.ts';
import type { DiskCopy } from './disk-copy.ts';
import type { End } from './end.ts';
import { Handover } from './handover.ts';
import { Increments } from './increments.ts';
import { limitsBetween, type MigrationLimits } from './limits.ts';
import { listenOnFreePort } from './listen.ts';
import { Mirror } from './mirror.ts';
import { runMigration } from './run.ts';
import { applySettings } from './settings.ts';
import { bytesMarked } from './target-disk.ts';

/**
 * Migration from one QEMU to another, each driven through its own monitor. `run` takes at most the
 * method's `timeout` and a minute, longer between emulated hosts; post-copy that has switched over as
 * long as pages arrive.
 */
export const qemuMigration: MigrationBackend = {
  async prepare(guest, target, spec, method) {
    expectKnownMethod(method);
    expectSameMachine(guest.spec, spec);
    await expectSameCpu(guest.host, target, spec);
    if (!(await guest.running())) throw new Error(`${guest.spec.name} does not run`);
    const machineType = await versionedMachine(endOf(guest).qmp);
    const arriving = await launch(guest.hypervisor, target, spec, { machineType });
    return prepareBetween(guest, arriving, method);
  },
};

/**
 * The same where QEMU waits on the target already, started for a guest that comes. It is ended where
 * this fails.
 */
export async function prepareBetween(
  guest: Guest,
  arriving: Guest,
  method: MigrationMethod,
): Promise<PreparedMigration> {
  try {
    const move = await arrange(endOf(guest), endOf(arriving), method);
    return {
      service: arriving.service,
      run: (signal, onEvent, permit) => runMigration({ ...move, permit }, signal, onEvent),
      abandon: () => arriving.destroy().catch(() => undefined),
    };
  } catch (error) {
    await arriving.destroy();
    throw error;
  }
}

async function arrange(source: End, target: End, method: MigrationMethod): Promise<Move> {
  const limits = limitsBetween([source.guest.host, target.guest.host]);
  await Promise.all([applySettings(source, method), applySettings(target, method)]);
  const mirror =
    method.disk === 'mirror' ? await diskCopy(source, target, method, limits) : undefined;
  const { address } = target.guest.host;
  const uri = (port: number) => `tcp:${address.includes(':') ? `[${address}]` : address}:${port}`;
  const port = await listenOnFreePort((port) =>
    target.qmp.execute('migrate-incoming', { uri: uri(port) }),
  );
  const handover = new Handover();
  return { source, target, uri: uri(port), method, mirror, limits, handover };
}

async function diskCopy(
  source: End,
  target: End,
  { changesIn: bitmap }: MigrationMethod,
  limits: MigrationLimits,
): Promise<DiskCopy> {
  const known =
    bitmap !== undefined && (await bytesMarked(source.qmp, bitmap, limits)) !== undefined;
  // A bitmap that is not there says nothing: all of the disk has to go.
  if (!known) return Mirror.serve(source, target, limits);
  return Increments.serve({ source, target, bitmap }, limits);
}

function endOf(guest: Guest): End {
  return { guest, qmp: monitorOf(guest) };
}

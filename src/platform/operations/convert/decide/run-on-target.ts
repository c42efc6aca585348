import { UserError } from '../../../../base/errors.ts';
import type { Hypervisor } from '../../../hypervisor/hypervisor.ts';
import type { Host } from '../../../remote/host.ts';
import { exhume } from '../boot-path/tombstone.ts';
import { mergeWritten, thawLeft } from '../check/written-since.ts';
import { monitorAt, qemuState } from '../standing/look.ts';
import type { ConversionRecord } from '../standing/record.ts';
import { letGo } from '../standby/let-go.ts';
import type { StandbyRecord } from '../standby/standby-record.ts';

/** Seconds for a command on the target. */
const timeout = 60;

/**
 * Lets a machine run on its target: one that waits there goes on where the source has stopped, else it
 * starts anew from its disk; with what it wrote beside that while its copy was checked. That the source
 * does not run it, and never will by itself, is the caller's.
 * @param host the target
 * @param standby where a copy was kept in step there: what may still serve it is ended first
 * @throws UserError if the target has nothing of it any more
 */
export async function runOnTarget(
  { bootPath, target }: Pick<ConversionRecord, 'bootPath' | 'target'>,
  host: Host,
  hypervisor: Hypervisor,
  standby?: Pick<StandbyRecord, 'exportName'>,
): Promise<'went on' | 'started'> {
  const { guest: spec } = target;
  const state = await qemuState(host, spec.directory);
  if (state !== 'absent') {
    const qmp = await monitorAt(host, spec.directory);
    if (qmp === undefined) throw new Error(`${spec.name} has ended on ${host.name} just now`);
    try {
      if (state === 'waits') await qmp.execute('cont', {}, { timeout });
      await thawLeft(host, qmp, spec);
    } finally {
      qmp.close();
    }
    return 'went on';
  }
  const files = [
    spec.disk.path,
    ...(spec.kernel ? [spec.kernel.image, spec.kernel.initramfs] : []),
  ];
  const there = await host.shell.run(['ls', '--', ...files], { timeout }).then(
    () => true,
    () => false,
  );
  if (!there) {
    throw new UserError({
      where: `${host.name}:${spec.disk.path}`,
      message: 'expected the disk of the machine on the target, found none',
      remedy: 'Only the source has it: virtgauge p2v decide --run source.',
    });
  }
  await host.shell.run(['mkdir', '-p', '--', spec.directory], { timeout });
  if (standby !== undefined) await letGo(host.shell, standby.exportName);
  await mergeWritten(host, spec);
  // A copy that was made while the tombstone stood has it, too.
  await exhume(host.shell, { ...bootPath, disk: spec.disk.path });
  const guest = await hypervisor.launch(host, spec);
  await guest.resume();
  return 'started';
}

import { UserError } from '../../../../base/errors.ts';
import type { Hypervisor } from '../../../hypervisor/hypervisor.ts';
import type { Host } from '../../../remote/host.ts';
import { exhume } from '../boot-path/tombstone.ts';
import { monitorAt, qemuState } from '../standing/look.ts';
import type { ConversionRecord } from '../standing/record.ts';

/** Seconds for a command on the target. */
const timeout = 60;

/**
 * Lets a machine run on its target: one that waits there goes on where the source has stopped, else it
 * starts anew from its disk. That the source does not run it, and never will by itself, is the
 * caller's.
 * @param host the target
 * @throws UserError if the target has nothing of it any more
 */
export async function runOnTarget(
  { bootPath, target }: Pick<ConversionRecord, 'bootPath' | 'target'>,
  host: Host,
  hypervisor: Hypervisor,
): Promise<'went on' | 'started'> {
  const { guest: spec } = target;
  const state = await qemuState(host, spec.directory);
  if (state === 'runs') return 'went on';
  if (state === 'waits') {
    const qmp = await monitorAt(host, spec.directory);
    await qmp?.execute('cont', {}, { timeout });
    qmp?.close();
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
  // A copy that was made while the tombstone stood has it, too.
  await exhume(host.shell, { disk: spec.disk.path, tombstoneAt: bootPath.tombstoneAt });
  const guest = await hypervisor.launch(host, spec);
  await guest.resume();
  return 'started';
}

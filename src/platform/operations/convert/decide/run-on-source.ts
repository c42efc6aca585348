import { UserError } from '../../../../base/errors.ts';
import type { Host } from '../../../remote/host.ts';
import { exhume } from '../boot-path/tombstone.ts';
import { backAtSource } from '../native-switch/back-at-source.ts';
import { monitorAt, qemuState } from '../standing/look.ts';
import type { ConversionRecord } from '../standing/record.ts';

/** Seconds for a monitor to answer. */
const timeout = 60;

/**
 * Ends what waits on a target, then takes the tombstone away: a power-on of the source starts its own
 * system again, and nothing else does. What only the target has is lost.
 * @param hosts the VMM on the source, and the target
 * @throws UserError if the target runs the machine
 */
export async function freeSource(
  { bootPath, target }: Pick<ConversionRecord, 'bootPath' | 'target'>,
  { vmm, target: host }: { vmm: Host; target: Host },
): Promise<void> {
  await endWaiting(target, host);
  await exhume(vmm.shell, bootPath);
}

/**
 * Lets a machine go on as a guest on its own hardware, where the move of it was left: what waits on the
 * target is ended, and no tombstone keeps the source from starting by itself any more.
 * @param hosts the target: undefined where it is out of reach; `mayStayAtSource` tells that it cannot run
 * @throws UserError if the target runs the machine
 */
export async function stayAtSource(
  { bootPath, target, guest }: Pick<ConversionRecord, 'bootPath' | 'target' | 'guest'>,
  { vmm, target: host }: { vmm: Host; target: Host | undefined },
): Promise<void> {
  if (guest === undefined) throw new Error('no guest on the source');
  if (host !== undefined) await endWaiting(target, host);
  const qmp = await monitorAt(vmm, guest.directory);
  if (qmp === undefined) throw new Error(`${vmm.name} runs no guest any more`);
  try {
    await exhume(vmm.shell, bootPath);
    await backAtSource(qmp);
  } finally {
    qmp.close();
  }
  await vmm.shell.run(['rm', '-f', '/run/vm/held'], { timeout });
}

/** @throws UserError if it runs there */
async function endWaiting({ guest }: ConversionRecord['target'], host: Host): Promise<void> {
  const folder = guest.directory;
  const state = await qemuState(host, folder);
  if (state === 'runs') {
    throw new UserError({
      where: host.name,
      message: 'expected a target that does not run the machine, it runs there',
      remedy: 'End it there first, if it is the source that shall go on: what it wrote is lost.',
    });
  }
  if (state === 'waits') {
    const qmp = await monitorAt(host, folder);
    // It ends before it has answered.
    await qmp?.execute('quit', {}, { timeout }).catch(() => undefined);
    qmp?.close();
    if ((await qemuState(host, folder)) !== 'absent') {
      throw new Error(`${host.name} still has the machine: its QEMU did not end`);
    }
  }
}

import { UserError } from '../../../../base/errors.ts';
import type { Host } from '../../../remote/host.ts';
import { monitorAt, qemuState } from '../standing/look.ts';
import type { ConversionRecord } from '../standing/record.ts';

/** Seconds for a monitor to answer. */
const timeout = 60;

/**
 * Ends the QEMU on a target that has the machine, but was never let go.
 * @throws UserError if it runs there
 */
export async function endWaiting(
  { guest }: { guest: Pick<ConversionRecord['target']['guest'], 'directory'> },
  host: Host,
): Promise<void> {
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

import type { Host } from '../../../remote/host.ts';
import { exhume } from '../boot-path/tombstone.ts';
import { backAtSource } from '../native-switch/back-at-source.ts';
import { monitorAt } from '../standing/look.ts';
import type { ConversionRecord } from '../standing/record.ts';
import { letGo } from '../standby/let-go.ts';
import type { StandbyRecord } from '../standby/standby-record.ts';
import { endWaiting } from './end-waiting.ts';

/** A copy that was kept in step: what serves it may still hold the disk of the target. */
type Standby = Pick<StandbyRecord, 'exportName'>;

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
  standby?: Standby,
): Promise<void> {
  await endWaiting(target, host);
  await exhume(vmm.shell, bootPath);
  await endServing(host, standby);
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
  standby?: Standby,
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
  // Not before the guest writes to its own disk only: it would wait for what has gone.
  if (host !== undefined) await endServing(host, standby);
}

/** What cannot be ended keeps nothing of the source from going on: it is left for `clean`. */
async function endServing({ shell }: Host, standby: Standby | undefined): Promise<void> {
  if (standby !== undefined) await letGo(shell, standby.exportName).catch(() => undefined);
}

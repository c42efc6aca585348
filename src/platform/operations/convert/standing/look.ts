import type { Clock } from '../../../../base/clock.ts';
import { guestPaths } from '../../../hypervisor/qemu/command-line.ts';
import { Qmp } from '../../../hypervisor/qemu/qmp.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import type { Host } from '../../../remote/host.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { isBuried } from '../boot-path/tombstone.ts';
import { firstGreeting } from '../vmm/greeting.ts';
import type { ConversionRecord } from './record.ts';
import type { Sight } from './standing.ts';

/** Seconds for somebody to answer who may be gone. */
const patience = 5;

/** Looks at both ends of a conversion, and changes nothing. Takes some seconds where one is gone. */
export async function lookAround(
  { source, vmm, bootPath, guest, target }: ConversionRecord,
  clock: Clock,
): Promise<Sight> {
  const [vmmSight, targetSight, answered] = await Promise.all([
    withHost(vmm, clock, async (host) => {
      const buried = await isBuried(host.shell, bootPath);
      const state = guest === undefined ? 'absent' : await qemuState(host, guest.directory);
      return {
        buried,
        guestRuns: state === 'runs',
        ...(state === 'waits' && { guestWaits: true }),
      };
    }),
    withHost(target.host, clock, (host) => qemuState(host, target.guest.directory)),
    firstGreeting({ address: source.address }, clock, patienceWith([source], patience)),
  ]);
  return {
    ...(vmmSight && { vmm: vmmSight }),
    target: targetSight ?? 'out-of-reach',
    answers: answered !== undefined,
  };
}

/** Undefined where the host does not answer, or not any more. */
async function withHost<Seen>(
  entry: HostEntry,
  clock: Clock,
  see: (host: Host) => Promise<Seen>,
): Promise<Seen | undefined> {
  if (!(await greets(entry, clock))) return undefined;
  let host: Host | undefined;
  try {
    host = await connectHost(entry);
    return await see(host);
  } catch (error) {
    if (await greets(entry, clock)) throw error;
    host?.shell.lostPower?.();
    return undefined;
  } finally {
    await host?.shell.close();
  }
}

async function greets(entry: HostEntry, clock: Clock): Promise<boolean> {
  if (entry.ssh === undefined) return true;
  const { address, port } = entry.ssh;
  const seconds = patienceWith([entry], patience);
  return (await firstGreeting({ address, port }, clock, seconds)) !== undefined;
}

/** What a QEMU does whose sockets lie in a folder: `absent` where nothing listens there any more. */
export async function qemuState(
  host: Host,
  folder: string,
): Promise<Exclude<Sight['target'], 'out-of-reach'>> {
  const qmp = await monitorAt(host, folder);
  if (qmp === undefined) return 'absent';
  try {
    const { running } = await qmp.execute('query-status', {}, { timeout: patience });
    return running ? 'runs' : 'waits';
  } finally {
    qmp.close();
  }
}

/** The monitor of a QEMU whose sockets lie in a folder; undefined where nothing listens there. */
export async function monitorAt(host: Host, folder: string): Promise<Qmp | undefined> {
  const stream = await host.shell.connect(guestPaths(folder).monitor).catch(() => undefined);
  return stream && Qmp.connect(stream, host.clock);
}

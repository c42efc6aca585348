import type { Clock } from '../../../../base/clock.ts';
import { guestPaths } from '../../../hypervisor/qemu/command-line.ts';
import { Qmp } from '../../../hypervisor/qemu/qmp.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import type { Host } from '../../../remote/host.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { isBuried } from '../boot-path/tombstone.ts';
import { guestFolder } from '../vmm-image/order.ts';
import { firstGreeting } from '../vmm/greeting.ts';
import type { SwitchRecord } from './record.ts';
import type { Sight } from './standing.ts';

/** Seconds for somebody to answer who may be gone. */
const patience = 5;

/** Looks at both ends of a native switch, and changes nothing. Takes some seconds where one is gone. */
export async function lookAround(
  { source, vmm, bootPath, target }: SwitchRecord,
  clock: Clock,
): Promise<Sight> {
  const [vmmSight, targetSight, answered] = await Promise.all([
    withHost(vmm, clock, async (host) => ({
      buried: await isBuried(host.shell, bootPath),
      guestRuns: (await qemuState(host, guestFolder)) === 'runs',
    })),
    withHost(target.host, clock, (host) => qemuState(host, target.run)),
    firstGreeting({ address: source.address }, clock, patienceWith([source], patience)),
  ]);
  return {
    ...(vmmSight && { vmm: vmmSight }),
    target: targetSight ?? 'out-of-reach',
    answers: answered !== undefined,
  };
}

async function withHost<Seen>(
  entry: HostEntry,
  clock: Clock,
  see: (host: Host) => Promise<Seen>,
): Promise<Seen | undefined> {
  if (entry.ssh !== undefined) {
    const { address, port } = entry.ssh;
    const seconds = patienceWith([entry], patience);
    if ((await firstGreeting({ address, port }, clock, seconds)) === undefined) return undefined;
  }
  const host = await connectHost(entry);
  try {
    return await see(host);
  } finally {
    await host.shell.close();
  }
}

/** What a QEMU does whose sockets lie in a folder: `absent` where nothing listens there any more. */
async function qemuState(
  host: Host,
  folder: string,
): Promise<Exclude<Sight['target'], 'out-of-reach'>> {
  const path = guestPaths(folder).monitor;
  const stream = await host.shell.connect(path).catch(() => undefined);
  if (stream === undefined) return 'absent';
  const qmp = await Qmp.connect(stream, host.clock);
  try {
    const { running } = await qmp.execute('query-status', {}, { timeout: patience });
    return running ? 'runs' : 'waits';
  } finally {
    qmp.close();
  }
}

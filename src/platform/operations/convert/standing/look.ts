import type { Clock } from '../../../../base/clock.ts';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import { guestPaths } from '../../../hypervisor/qemu/command-line.ts';
import { Qmp } from '../../../hypervisor/qemu/qmp.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import type { Host } from '../../../remote/host.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { isBuried } from '../boot-path/tombstone.ts';
import { writesBeside } from '../check/written-since.ts';
import { readMemory } from '../inspect/memory.ts';
import { firstGreeting, greeterOf } from '../vmm/greeting.ts';
import type { ConversionRecord } from './record.ts';
import type { Sight } from './standing.ts';

/** Seconds for somebody to answer who may be gone. */
const patience = 5;

/** Looks at both ends of a conversion, and changes nothing. Takes some seconds where one is gone. */
export async function lookAround(
  { source, vmm, bootPath, guest, target, committed }: ConversionRecord,
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
    withHost(target.host, clock, async (host) => ({
      state: await qemuState(host, target.guest.directory),
      beside: await writesBeside(host, target.guest),
    })),
    firstGreeting(greeterOf(source.address, source), clock, patienceWith([source], patience)),
  ]);
  const answers = answered !== undefined;
  // With its VMM out of reach a guest on the source answers as the machine itself does.
  const doubtful = answers && vmmSight === undefined && targetSight?.state === 'absent';
  const answering = doubtful && guest ? await whoAnswers(source, guest, clock) : undefined;
  return {
    ...(vmmSight && { vmm: vmmSight }),
    target: targetSight?.state ?? 'out-of-reach',
    ...(targetSight?.beside && { writesBeside: true as const }),
    answers,
    ...(answering && { answering }),
    ...(committed && { committed }),
  };
}

/** A guest has less memory than the machine: what the VMM leaves it. */
async function whoAnswers(
  source: HostEntry,
  { memory }: Pick<GuestSpec, 'memory'>,
  clock: Clock,
): Promise<Sight['answering']> {
  const seen = await withHost(source, clock, (host) => readMemory(host.shell));
  if (seen === undefined) return undefined;
  return seen.total > memory ? 'own-hardware' : 'guest';
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

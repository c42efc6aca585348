import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../remote/host.ts';
import type { Guest } from '../hypervisor.ts';
import { driveOf } from './command-line.ts';
import { monitorOf } from './monitor.ts';
import type { Qmp } from './qmp.ts';

/** Seconds for what was written meanwhile to be taken over. */
const patience = 3600;
const job = 'thaw';
/** Seconds for a guest that comes from elsewhere to have its disks. */
const arriving = 60;

/**
 * Leaves the files of a guest's disks as they are from now on: what the guest writes goes to others. Its
 * CPUs are held, or it has one disk: what it writes between two of them would be on one alone. One that
 * migrates here has its disks when it is whole, which is waited for.
 * @param overlays paths on its host, of files that are not there yet; one for each disk
 * @returns lets all that was written go to the disks' own files, and the guest go on with those
 */
export async function freezeDisks(
  guest: Guest,
  overlays: readonly string[],
): Promise<() => Promise<void>> {
  await arrived(guest);
  const thaws: (() => Promise<void>)[] = [];
  for (const [index, overlay] of overlays.entries()) {
    thaws.push(await freezeDisk(guest, driveOf(index), overlay));
  }
  return async () => {
    for (const thaw of thaws) await thaw();
  };
}

async function arrived(guest: Guest): Promise<void> {
  const { clock } = guest.host;
  const deadline = clock.now() + arriving;
  while ((await monitorOf(guest).execute('query-status', {})).status === 'inmigrate') {
    if (clock.now() > deadline) {
      throw new Error(`${guest.spec.name} did not arrive within ${arriving} s`);
    }
    await sleep(5);
  }
}

async function freezeDisk(
  guest: Guest,
  device: string,
  overlay: string,
): Promise<() => Promise<void>> {
  const [qmp, { host }] = [monitorOf(guest), guest];
  await qmp.execute('blockdev-snapshot-sync', {
    ...{ device, 'snapshot-file': overlay },
    ...{ format: 'qcow2', mode: 'absolute-paths' },
  });
  return () => thawDisk({ qmp, host }, device, overlay);
}

/** What a file that was written to beside a disk is called once the disk has all of it. */
export function takenOver(overlay: string): string {
  return `${overlay}.done`;
}

/**
 * Lets the own file of a disk have all that was written beside it, and the guest go on with that. Once the
 * file has it, that beside it has another name: who finds it under its own knows that it is needed still.
 */
export async function thawDisk(
  { qmp, host }: { qmp: Qmp; host: Host },
  device: string,
  overlay: string,
): Promise<void> {
  const { clock, shell } = host;
  const done = takenOver(overlay);
  const running = async () => (await qmp.execute('query-block-jobs', {})).find(isThaw)?.status;
  // Whoever began it may have died.
  if ((await running()) === undefined) {
    await qmp.execute('block-commit', { device, 'job-id': job });
  }
  const deadline = clock.now() + patience;
  let completing = false;
  for (;;) {
    const status = await running();
    if (status === undefined) break;
    if (status === 'ready' && !completing) {
      completing = true;
      const rename = '[ ! -e "$1" ] || mv -f -- "$1" "$2"';
      await shell.run(['sh', '-c', rename, 'rename', overlay, done], { timeout: 60 });
      await qmp.execute('block-job-complete', { device: job });
    }
    if (clock.now() > deadline) {
      throw new Error(`${host.name}: ${device} was not taken over within ${patience} s`);
    }
    await sleep(100);
  }
  if (!completing) throw new Error(`${host.name}: what ${device} wrote was not taken over`);
  await shell.run(['rm', '-f', '--', done], { timeout: 60 });
}

function isThaw({ device }: { device: string }): boolean {
  return device === job;
}

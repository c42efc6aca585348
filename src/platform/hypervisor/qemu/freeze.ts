import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../hypervisor.ts';
import { diskDrive } from './command-line.ts';
import { monitorOf } from './monitor.ts';

/** Seconds for what was written meanwhile to be taken over. */
const patience = 3600;
const job = 'thaw';

/**
 * Leaves the file of a guest's disk as it is from now on: what the guest writes goes to another.
 * @param overlay path on its host, of a file that is not there yet
 * @returns lets all that was written go to the disk's own file, and the guest go on with that
 */
export async function freezeDisk(guest: Guest, overlay: string): Promise<() => Promise<void>> {
  const qmp = monitorOf(guest);
  await qmp.execute('blockdev-snapshot-sync', {
    ...{ device: diskDrive, 'snapshot-file': overlay },
    ...{ format: 'qcow2', mode: 'absolute-paths' },
  });
  return async () => {
    await qmp.execute('block-commit', { device: diskDrive, 'job-id': job });
    const deadline = guest.host.clock.now() + patience;
    let completing = false;
    for (;;) {
      const jobs = await qmp.execute('query-block-jobs', {});
      const status = jobs.find(({ device }) => device === job)?.status;
      if (status === undefined) break;
      if (status === 'ready' && !completing) {
        completing = true;
        await qmp.execute('block-job-complete', { device: job });
      }
      if (guest.host.clock.now() > deadline) {
        throw new Error(`${guest.spec.name}: its disk was not taken over within ${patience} s`);
      }
      await sleep(100);
    }
    if (!completing) throw new Error(`${guest.spec.name}: what it wrote was not taken over`);
    await guest.host.shell.run(['rm', '-f', '--', overlay], { timeout: 60 });
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { QmpError, type Qmp } from '../../../hypervisor/qemu/qmp.ts';

/** Seconds for the answer of a monitor, and for a migration to end or a guest to go on. */
const patience = 30;
/** Milliseconds between two looks. */
const pause = 100;

/** Statuses in which a migration is over for QEMU. */
const over = ['none', 'completed', 'failed', 'cancelled'];

/**
 * Ends the mirrors and the migration of a process that did not live to end them, and lets the guest go
 * on where it is: a target that hangs is cut off first. That the target does not run it, and never will,
 * is the caller's.
 * @param qmp monitor of the guest at the source
 * @throws Error if it does not run there in the end
 */
export async function backAtSource(qmp: Pick<Qmp, 'execute'>, seconds = patience): Promise<void> {
  const limit = { timeout: patience };
  const cut = { ...limit, outOfBand: true };
  await qmp.execute('yank', { instances: [{ type: 'migration' }] }, cut).catch(() => undefined);
  const nodes = await qmp.execute('query-named-block-nodes', { flat: true }, limit);
  const links = nodes.filter(({ drv }) => drv === 'nbd').map((node) => node['node-name']);
  for (const name of links) {
    const node = { type: 'block-node', 'node-name': name } as const;
    await qmp.execute('yank', { instances: [node] }, cut).catch(() => undefined);
  }
  for (const { device } of await qmp.execute('query-block-jobs', {}, limit)) {
    await qmp.execute('block-job-cancel', { device, force: true }, limit).catch(() => undefined);
  }
  await qmp.execute('migrate_cancel', {}, limit);
  const deadline = performance.now() + seconds * 1000;
  await untilRuns(qmp, deadline);
  // Another migration would fail at its end on one whose other end is gone.
  for (const name of links) await removeNode(qmp, name, deadline);
}

async function untilRuns(qmp: Pick<Qmp, 'execute'>, deadline: number): Promise<void> {
  const limit = { timeout: patience };
  let refusal = '';
  for (;;) {
    const { status = 'none' } = await qmp.execute('query-migrate', {}, limit);
    const run = await qmp.execute('query-status', {}, limit);
    if (run.running && over.includes(status)) return;
    if (performance.now() > deadline) {
      const why = refusal || `it is ${run.status}, its migration ${status}`;
      throw new Error(`the guest does not go on at the source: ${why}`);
    }
    if (!run.running && over.includes(status)) {
      await qmp.execute('cont', {}, limit).catch((error: unknown) => {
        if (!(error instanceof QmpError)) throw error;
        // Not before the migration is cleaned up.
        refusal = error.message;
      });
    }
    await sleep(pause);
  }
}

/** Once its job has ended it is in use by nobody. */
async function removeNode(
  qmp: Pick<Qmp, 'execute'>,
  name: string,
  deadline: number,
): Promise<void> {
  for (;;) {
    try {
      await qmp.execute('blockdev-del', { 'node-name': name }, { timeout: patience });
      return;
    } catch (error) {
      if (!(error instanceof QmpError) || performance.now() > deadline) throw error;
      await sleep(pause);
    }
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskDrive } from '../../../hypervisor/qemu/command-line.ts';
import type { Guest } from '../../../hypervisor/hypervisor.ts';
import { monitorOf } from '../../../hypervisor/qemu/monitor.ts';
import type { ServedDisk } from '../copy/serve-disk.ts';

/** Seconds for the answer of a monitor. */
const timeout = 20;

/**
 * A mirror of a guest's disk that never ends by itself. From the first moment on each write goes to
 * both disks before the guest hears of it; once it is in step, all that was acknowledged is on both,
 * in the order in which it was written.
 */
export interface StandbyMirror {
  /** `in-step` holds as long as it is said; `broken`: the guest goes on alone. */
  look(): Promise<
    | { state: 'copying'; done: number; all: number }
    | { state: 'in-step' }
    | { state: 'broken'; reason: string }
  >;
  /** Ends it; the guest goes on alone. Never rejects. */
  end(): Promise<void>;
}

/** @throws Error in QEMU's words if it cannot be begun */
export async function keepInStep(guest: Guest, target: ServedDisk): Promise<StandbyMirror> {
  const qmp = monitorOf(guest);
  const id = `standby-${randomUUID().slice(0, 8)}`;
  const state: { ready: boolean; broken?: string } = { ready: false };
  const stop = qmp.onEvent(({ event, data }) => {
    if (data.device !== id) return;
    if (event === 'BLOCK_JOB_READY') state.ready = true;
    // The guest's writes go on from the first error on: from then on the copy is from the past.
    if (event === 'BLOCK_JOB_ERROR') state.broken ??= 'a write did not reach the target';
    if (event === 'BLOCK_JOB_COMPLETED' || event === 'BLOCK_JOB_CANCELLED') {
      state.broken ??= typeof data.error === 'string' ? data.error : 'it ended';
    }
  });
  const devices = await qmp.execute('query-block', {}, { timeout });
  const disk = devices.find(({ device }) => device === diskDrive)?.inserted;
  if (disk === undefined) throw new Error(`QEMU has no drive called ${diskDrive}`);
  await qmp.execute(
    'blockdev-add',
    {
      ...{ driver: 'nbd', 'node-name': id, export: target.name },
      server: { type: 'inet', host: target.address, port: String(target.port) },
      ...{ discard: 'unmap', 'detect-zeroes': 'unmap' },
    },
    { timeout },
  );
  const job = { 'job-id': id, device: disk['node-name'], target: id, sync: 'full' } as const;
  await qmp.execute('blockdev-mirror', { ...job, 'copy-mode': 'write-blocking' }, { timeout });
  return {
    async look() {
      if (state.broken !== undefined) return { state: 'broken', reason: state.broken };
      const jobs = await qmp.execute('query-block-jobs', {}, { timeout });
      const found = jobs.find(({ device }) => device === id);
      if (found === undefined) return { state: 'broken', reason: 'it ended' };
      if (state.ready) return { state: 'in-step' };
      return { state: 'copying', done: found.offset, all: found.len };
    },
    async end() {
      stop();
      // A target that is out of reach would hold QEMU up: its connection is cut first.
      const node = { type: 'block-node', 'node-name': id } as const;
      await qmp
        .execute('yank', { instances: [node] }, { timeout, outOfBand: true })
        .catch(() => undefined);
      await qmp
        .execute('block-job-cancel', { device: id, force: true }, { timeout })
        .catch(() => undefined);
      for (let tries = 20; tries > 0; tries -= 1) {
        try {
          await qmp.execute('blockdev-del', { 'node-name': id }, { timeout });
          return;
        } catch {
          await sleep(100);
        }
      }
    },
  };
}

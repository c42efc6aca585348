import { setTimeout as sleep } from 'node:timers/promises';
import { endsWithin } from '../../../ends-within.ts';
import { QmpError } from '../qmp.ts';
import type { YankInstance } from '../qmp-commands.ts';
import type { Move } from './move.ts';

/** Statuses in which a migration is over for QEMU. */
const over = ['none', 'completed', 'failed', 'cancelled'];
/** Statuses that QEMU leaves by itself once its connections are cut, and refuses to be cancelled in. */
const ending = ['cancelling', 'failing', 'postcopy-device'];
/** Statuses from which the guest can only go on at the target. */
const beyond = ['postcopy-active', 'postcopy-paused', 'postcopy-recover-setup', 'postcopy-recover'];

/**
 * Ends a migration whose target has never been let go, and sees to it that the guest runs on the
 * source again. A QEMU that still talks with a target that is out of reach may hang in its main loop:
 * its connections are cut out of band first. Takes at most a few times `limits.end`.
 * @returns why the guest does not run on the source; undefined if it does
 */
export async function bringBack(move: Move): Promise<string | undefined> {
  const { source, target, mirror, limits } = move;
  const { qmp } = source;
  const timeout = limits.answer;
  try {
    // Also where its process ends at once: that a host which is out of reach has ended it is hearsay.
    await Promise.all([cut(move), endsWithin(limits.look * 10, target.guest.destroy())]);
    for (let attempt = 1; ; attempt++) {
      const status = await migrationStatus(move).catch(async (error: unknown) => {
        if (attempt === 2) throw error;
        await cut(move);
        return 'unknown';
      });
      if (beyond.includes(status)) return beyondIt(status);
      if (over.includes(status)) break;
      try {
        if (!ending.includes(status)) await qmp.execute('migrate_cancel', {}, { timeout });
        await untilOver(move);
        break;
      } catch (error) {
        if (attempt === 2) throw error;
        await cut(move);
      }
    }
    await mirror?.drop();
    return await letSourceGo(move);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Cuts what the source has to the target, though its main loop may hang. Never rejects. */
async function cut({ source, mirror, limits }: Move): Promise<void> {
  const instances: YankInstance[] = [
    { type: 'migration' },
    ...(mirror ? [{ type: 'block-node' as const, 'node-name': mirror.node }] : []),
  ];
  // One by one: QEMU refuses all if one of them is not there.
  for (const instance of instances) {
    await source.qmp
      .execute('yank', { instances: [instance] }, { timeout: limits.answer, outOfBand: true })
      .catch(() => undefined);
  }
}

async function migrationStatus({ source, limits }: Move): Promise<string> {
  const info = await source.qmp.execute('query-migrate', {}, { timeout: limits.answer });
  return info.status ?? 'none';
}

async function untilOver(move: Move): Promise<void> {
  const deadline = performance.now() + move.limits.end * 1000;
  let status = await migrationStatus(move);
  while (!over.includes(status)) {
    if (beyond.includes(status)) throw new Error(beyondIt(status));
    if (performance.now() > deadline) {
      throw new Error(`the migration did not end within ${move.limits.end} s (${status})`);
    }
    await sleep(move.limits.look * 100);
    status = await migrationStatus(move);
  }
}

function beyondIt(status: string): string {
  return `it was beyond the switchover (${status})`;
}

/** QEMU restarts a guest whose migration it has ended itself; one that was complete waits for it. */
async function letSourceGo({ source, limits }: Move): Promise<string | undefined> {
  const timeout = limits.answer;
  const deadline = performance.now() + limits.end * 1000;
  let refusal = '';
  for (;;) {
    const { running, status } = await source.qmp.execute('query-status', {}, { timeout });
    if (running) return undefined;
    if (performance.now() > deadline) return refusal === '' ? `it is ${status}` : refusal;
    try {
      await source.qmp.execute('cont', {}, { timeout });
    } catch (error) {
      if (!(error instanceof QmpError)) throw error;
      // Not before the migration is cleaned up.
      refusal = error.message;
      await sleep(limits.look * 100);
    }
  }
}

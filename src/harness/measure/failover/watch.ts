import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../../platform/remote/host.ts';
import { NotConverged, type TrialScope } from '../measurement.ts';
import type { TrialCluster } from './cluster.ts';
import type { Course } from './phases.ts';

/** Seconds between two looks at what the master says. */
const look = 0.05;

/**
 * Watches what the manager does about a host that is lost, until its guest is started elsewhere.
 * @param limit seconds
 * @returns the course, and where the guest runs
 * @throws NotConverged if that takes longer than the limit
 */
export async function watchFailover(
  { clock, signal, hosts }: Pick<TrialScope, 'clock' | 'signal' | 'hosts'>,
  cluster: TrialCluster,
  lost: { host: Host; guest: string },
  limit: number,
): Promise<{ course: Course; target: Host }> {
  const seen = { suspect: NaN, fenced: NaN };
  const deadline = clock.now() + limit;
  for (;;) {
    const known = await cluster.hosts();
    const at = clock.now();
    const { health } = known.find(({ name }) => name === lost.host.name) ?? {};
    if (Number.isNaN(seen.suspect) && health !== 'up') seen.suspect = at;
    if (Number.isNaN(seen.fenced) && health === 'down') seen.fenced = at;
    const operations = await cluster.operations();
    const restart = operations.findLast(
      ({ action, guest, state }) =>
        action === 'restart' && guest === lost.guest && state !== 'undone',
    );
    if (restart?.state === 'done' && restart.since !== undefined) {
      const target = hosts.find(({ name }) => name === restart.target);
      if (target === undefined)
        throw new Error(`${lost.guest} was started on no host of the trial`);
      // The master is of this process: its wall clock is ours.
      const decided = clock.fromWall(restart.since / 1000);
      const started = await startedAt(target, await cluster.sockets(target, lost.guest));
      return { course: { ...seen, decided, started }, target };
    }
    if (at > deadline) {
      const { note = 'no reason' } = known.find(({ name }) => name === lost.host.name) ?? {};
      const { reason } = operations.findLast(({ action }) => action === 'restart') ?? {};
      throw new NotConverged(`the guest was not back within ${limit} s (${reason ?? note})`);
    }
    await sleep(look * 1000, undefined, { signal });
  }
}

/** When QEMU had made a guest's sockets, on our clock. */
async function startedAt({ shell, clock }: Host, sockets: string): Promise<number> {
  await clock.refit();
  const { stdout } = await shell.run(['stat', '-c', '%.6Y', '--', `${sockets}/agent.sock`]);
  return clock.fromWall(Number(stdout));
}

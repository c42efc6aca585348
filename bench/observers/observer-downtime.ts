import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import { startHttpLoad } from '../../src/harness/observe/http/index.ts';
import { watchNetwork } from '../../src/harness/observe/network/index.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { hypervisorNamed } from '../../src/platform/hypervisor/index.ts';
import type { Guest } from '../../src/platform/hypervisor/hypervisor.ts';
import type { MigrationMethod } from '../../src/platform/hypervisor/migration.ts';
import { createGuest, type CreatedGuest } from '../../src/platform/operations/create.ts';
import { migrateGuest } from '../../src/platform/operations/migrate.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { Benchmark } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { prepareGuestBed } from '../guests/guest-bed.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';

const low = 0.95;
const high = 1.05;
/** Seconds before and after a migration, so that the last one no longer shows. */
const settle = 0.5;
const witnessBytes = 8 * 2 ** 20;

const startWitness = 'vg-guest witness "$@" > /dev/null 2>&1 & echo $! > /tmp/witness.pid';

const method: MigrationMethod = {
  ...{ method: 'pre-copy', postCopyAfter: 0, disk: 'shared', transport: 'direct', timeout: 60 },
  ...{ multifd: 0, xbzrle: false, autoConverge: false, downtimeLimit: 0.3, bandwidth: undefined },
};

/** A pair of migrations of one guest, to another work folder of this machine and back. */
export const observerDowntime: Benchmark = {
  name: 'observer-downtime',
  about: "QEMU's own downtime of a migration with all observers; the other: with none",
  async run(context) {
    const { signal, progress, pairs: count = 30 } = context;
    const bed = await prepareGuestBed(context, witnessBytes);
    const cache = cacheDirectory(process.env);
    const hosts = [thisMachine(cache, 'one'), thisMachine(cache, 'two')] as const;
    let current = await createGuest(
      { host: hosts[0], hypervisor: hypervisorNamed('qemu') },
      await bed.request('mover'),
      signal,
    );
    let moves = 0;

    /** Moves the guest once; QEMU's own downtime, in milliseconds. */
    async function move(observers?: Observers): Promise<number> {
      signal.throwIfAborted();
      const { guest } = current;
      const directory = join(context.directory, `move-${moves++}`);
      await mkdir(directory);
      const spec = { ...guest.spec, directory, consoleLog: join(directory, 'console.log') };
      const target = guest.host === hosts[0] ? hosts[1] : hosts[0];
      await sleep(settle * 1000, undefined, { signal });
      const result = await migrateGuest(
        {
          ...{ created: current, target, spec, method },
          onPrepared: (service) => service && observers?.alsoAt(service),
        },
        signal,
      );
      if (result.state !== 'completed' || result.report.downtime === undefined) {
        throw new Error(`a migration did not complete: ${JSON.stringify(result)}`);
      }
      current = result.guest;
      await sleep(settle * 1000, undefined, { signal });
      return result.report.downtime * 1000;
    }

    async function observed(): Promise<number> {
      const observers = new Observers(current);
      try {
        await observers.start(bed.dataOffset);
        return await move(observers);
      } finally {
        await observers.stop(current.guest);
      }
    }

    try {
      // Pages that were never touched are not sent: the first migrations differ.
      await move();
      await observed();
      const pairs = await interleavedPairs(
        count,
        { ours: observed, other: () => move() },
        ({ ours, other }, done) => {
          progress(`pair ${done} of ${count}: ${ours.toFixed(0)} and ${other.toFixed(0)} ms`);
        },
      );
      const interval = ratioInterval(
        pairs.map(({ ours, other }) => [{ baseline: other, other: ours }]),
        { random: seededRandom('observer-downtime') },
      );
      const ratio = intervalText(interval, '×', (value) => value.toFixed(3));
      return [
        {
          name: 'observer-downtime',
          unit: 'ms',
          ...compared(pairs, 'ratio'),
          goal: `interval of the ratio inside ${low} to ${high}`,
          outcome: within(interval, { low, high }),
          note: `ratio ${ratio}, under ${bed.accelerator}`,
        },
      ];
    } finally {
      await current.guest.destroy();
    }
  },
};

/**
 * What watches a guest that moves, at the default rates: probe, HTTP load and write witness. The
 * others only read what these and the hypervisor tell.
 */
class Observers {
  readonly #guest: Guest;
  readonly #running: Promise<{ stop(): Promise<unknown> }>[] = [];

  constructor({ guest }: CreatedGuest) {
    this.#guest = guest;
  }

  async start(offset: number): Promise<void> {
    const bytes = String(witnessBytes);
    await this.#guest.control.run([
      ...(['sh', '-c', startWitness, 'witness'] as const),
      ...['--file', '/dev/vda', '--offset', String(offset), '--bytes', bytes],
      ...['--rate', '200', '--quiet', '--log', '/tmp/witness.log'],
    ]);
    this.alsoAt(this.#guest.service);
    await Promise.all(this.#running);
  }

  alsoAt({ udp, http }: Guest['service']): void {
    const { environment } = this.#guest.spec;
    const host = thisMachine(cacheDirectory(process.env));
    const started = [
      watchNetwork({ host, targets: [udp], environment }),
      startHttpLoad({ host, targets: [http], timeout: 1, environment }),
    ];
    this.#running.push(...started);
    // Told when they are stopped.
    for (const each of started) each.catch(() => undefined);
  }

  /** @param guest where it is now */
  async stop(guest: Guest): Promise<void> {
    const stopped = await Promise.allSettled(
      this.#running.map(async (each) => (await each).stop()),
    );
    await guest.control.run(['sh', '-c', 'kill $(cat /tmp/witness.pid)']);
    const failed = stopped.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

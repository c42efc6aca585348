import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../base/clock.ts';
import { firstAnswer } from '../../platform/guest/service.ts';
import { labDown, labExists, readLab } from '../../platform/lab/index.ts';
import { killMachine, startMachine } from '../../platform/lab/machines/power.ts';
import { missingForMachines } from '../../platform/lab/machines/machines.example.ts';
import {
  Acknowledged,
  hostsOf,
  installService,
} from '../../platform/operations/convert/native-switch/switch-lab.example.ts';
import { within } from '../../platform/within.ts';
import { Workplace, type Outcome, type Started } from '../virtgauge.example.ts';

const missing = missingForMachines();
const place = new Workplace();
const lab = `p2v-${process.pid}`;
const reportPort = 7709;
const stateDirectory = place.state;
afterEach(async () => {
  if (labExists(stateDirectory, lab)) await labDown({ stateDirectory, name: lab });
});
afterAll(() => place.remove());

/** For one wait, which says what it was for. */
function until(what: string, seconds = 120): AbortSignal {
  const late = new AbortController();
  const why = new Error(`${what}: not within ${seconds} s`);
  setTimeout(() => late.abort(why), seconds * 1000).unref();
  return late.signal;
}

/** The end of a command; of one that takes too long, how far it has come. */
function ended(command: Started, seconds: number): Promise<Outcome> {
  return within(seconds, `it did not end within ${seconds} s`, command.outcome).catch(
    (error: unknown) => {
      throw new Error(`${(error as Error).message}:\n${command.output()}`, { cause: error });
    },
  );
}

const machines = () => {
  const found = readLab(stateDirectory, lab);
  if (found?.kind !== 'machines') throw new Error('no lab of machines');
  return found;
};

describe.skipIf(missing.length > 0)(
  `p2v convert (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('whose target dies goes on at the source, and convert again ends it: nothing acknowledged is lost', async () => {
      const up = await place.run('lab', 'up', '--machines', 'plain:1,kvm:1', '--name', lab);
      expect(up, up.stderr).toMatchObject({ code: 0 });
      const inventory = join(stateDirectory, 'labs', lab, 'inventory.yaml');
      const [source] = await hostsOf(inventory);
      if (source === undefined) throw new Error('no source');
      const net = source.address.replace(/\.\d+$/, '');
      const acknowledged = new Acknowledged(reportPort);
      try {
        await installService(source.shell, `${net}.254:${reportPort}`);
        const answer = async (whose: string) => {
          const service = { host: source.address, port: 7 };
          return (await firstAnswer(service, monotonicClock, until(whose))).instance;
        };
        const own = await answer('the machine');
        const ends = ['h1', '--target', 'h2', '--hosts', inventory];

        // The target loses its power while the disk is mirrored to it.
        const first = place.start('p2v', 'convert', ...ends);
        while (!first.output().includes('vmm-answered')) {
          expect(first.child.exitCode, first.output()).toBeNull();
          await sleep(50);
        }
        const busy = await place.run('p2v', 'status', 'h1');
        expect(busy).toMatchObject({
          code: 1,
          stderr: expect.stringContaining('is converting it') as string,
        });
        await killMachine(machines(), 'h2');
        const failed = await ended(first, 200);
        expect(failed, failed.stderr).toMatchObject({ code: 2 });
        expect(failed.stderr).toContain('who runs it now: source-guest');
        const asGuest = await answer('the guest on its own machine');
        expect(asGuest).not.toBe(own);
        const [status] = await Promise.all([
          place.run('p2v', 'status', 'h1', '--json'),
          startMachine(machines(), 'h2', until('the boot of h2')),
        ]);
        expect(JSON.parse(status.stdout)).toMatchObject({ runs: 'source-guest' });

        const asked = [...ends, '--service', '80', '--verify'];
        const second = await ended(place.start('p2v', 'convert', ...asked), 300);
        expect(second, second.stderr).toMatchObject({ code: 0 });
        expect(second.stdout).toContain('done: h1 runs on h2');
        expect(second.stdout).toMatch(
          /the same: [4-9]\d\d MiB[^]*file systems checked: 1, with errors: 0/,
        );
        // Moved live: it is the same start of its system.
        expect(await answer('the guest on the target')).toBe(asGuest);
        // What the conversion needed is gone from it.
        source.shell.lostPower?.();
        const left = `ls -d /boot/grub/virtgauge /etc/grub.d/00_0_virtgauge /var/lib/virtgauge/before
grep virtgauge /boot/grub/grub.cfg
true`;
        expect((await source.shell.run(['sh', '-c', left])).stdout).toBe('');
        const known = acknowledged.highest;
        const more = until('ten more acknowledged writes');
        while (acknowledged.highest < known + 10) {
          more.throwIfAborted();
          await sleep(50);
        }
        await source.shell.run(['busybox', 'killall', 'vg-guest']);
        const file = ['--file', '/var/lib/vg/witness', '--bytes', '4194304'];
        const last = ['--acknowledged', String(acknowledged.highest)];
        const check = ['/usr/sbin/vg-guest', 'witness-check', ...file, ...last] as const;
        const { stdout } = await source.shell.run([...check]);
        expect(JSON.parse(stdout)).toMatchObject({ missingAcknowledgedCount: 0, corrupt: [] });
        const standing = await place.run('p2v', 'status', 'h1', '--json');
        expect(JSON.parse(standing.stdout)).toMatchObject({
          runs: 'target',
          sight: { vmm: { buried: true, guestRuns: false }, target: 'runs' },
        });
        const back = await place.run('p2v', 'rollback', 'h1');
        expect(back).toMatchObject({
          code: 1,
          stderr: expect.stringContaining('before its commit') as string,
        });
      } finally {
        acknowledged.close();
        await source.shell.close();
      }
    }, 900_000);
  },
);

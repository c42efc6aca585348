import { describe, expect, it } from 'vitest';
import { monotonicClock as clock } from '../../../../base/clock.ts';
import { UserError } from '../../../../base/errors.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import { freeSource } from '../decide/run-on-source.ts';
import { useConvertLab } from '../faults/convert-lab.example.ts';
import { nativeSwitch } from '../native-switch/native-switch.ts';
import { readRecord } from '../standing/record.ts';
import { standingOf } from '../standing/standing.ts';
import { takeOver } from './take-over.ts';

const missing = missingForMachines();
const settings = { downtimeLimit: 0.3, bandwidth: undefined, timeout: 300, standby: true };

describe.skipIf(missing.length > 0)(
  `a standby after a native switch (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const lab = useConvertLab('standby');
    const ends = { clock, hypervisor: qemu };
    const cannotTell = () => Promise.reject(new UserError({ message: 'nobody can be asked' }));

    it('takes over from a source that is proven gone, with all that was acknowledged', async () => {
      const request = await lab().fresh();
      const signal = new AbortController().signal;
      let switched: ReturnType<typeof nativeSwitch> | undefined;
      await new Promise<void>((resolve, reject) => {
        switched = nativeSwitch(request, settings, signal, ({ event }) => {
          if (event === 'tombstone') resolve();
        });
        switched.then((result) => {
          reject(new Error(result.state === 'failed' ? result.reason : result.state));
        }, reject);
      });

      const known = lab().acknowledged.highest;
      await expect
        .poll(() => lab().acknowledged.highest, { timeout: 120_000 })
        .toBeGreaterThan(known);
      await lab().cutPower('h1');
      const acknowledged = lab().acknowledged.highest;
      const cutAt = clock.now();
      expect(await switched).toMatchObject({ state: 'failed', survivor: 'undecided' });
      // Nobody who could be asked another way: refused, and nothing runs.
      await expect(takeOver(request.work, ends, cannotTell)).rejects.toThrow('nobody can be asked');
      expect(await lab().serving()).toBe('nobody');

      const taken = await takeOver(request.work, ends, () =>
        lab().isOff('h1') ? Promise.resolve('it has no power') : cannotTell(),
      );
      expect(await lab().serving(60)).toBe('target');
      console.log(
        `RTO ${taken.recovery.toFixed(1)} s from the request, ${(clock.now() - cutAt).toFixed(1)} s from the cut with all refusals; RPO at most ${taken.lostAtMost.toFixed(1)} s`,
      );
      const [machine] = await lab().connect();
      await machine.shell.run(['busybox', 'killall', 'vg-guest']);
      const check = ['witness-check', '--file', '/var/lib/vg/witness', '--bytes', '4194304'];
      const last = ['--acknowledged', String(acknowledged)];
      const { stdout } = await machine.shell.run(['/usr/sbin/vg-guest', ...check, ...last]);
      expect(JSON.parse(stdout)).toMatchObject({ missingAcknowledgedCount: 0, corrupt: [] });

      // The source comes back: it starts nothing.
      await lab().closeShells();
      expect(await lab().powerSource()).toBe('vmm');
      const sight = await lab().sight(request.work);
      expect(sight).toMatchObject({ vmm: { buried: true, guestRuns: false }, target: 'runs' });
      expect(standingOf(sight).runs).toBe('target');

      // The operator decides for the source after all: not while the target runs.
      const record = readRecord(request.work);
      const vmm = await connectHost(record.vmm);
      const [, target] = await lab().connect();
      const hosts = { vmm, target };
      await expect(freeSource(record, hosts)).rejects.toThrow('it runs there');
      await target.shell.run(['busybox', 'killall', '-9', 'qemu-system-x86_64']);
      expect(standingOf(await lab().sight(request.work)).runs).toBe('undecided');
      await freeSource(record, hosts);
      await vmm.shell.close();
      await lab().cutPower('h1');
      expect(await lab().powerSource()).toBe('own');
      expect(await lab().serving(90)).toBe('source');
    });

    const hang = async () => {
      const [, target] = await lab().connect();
      await target.shell.run(['busybox', 'killall', '-STOP', 'qemu-nbd'], { timeout: 30 });
    };
    it.each([
      { where: 'the target dies', lose: () => lab().cutPower('h2') },
      { where: "the target's disk hangs", lose: hang },
    ])('goes on at the source where $where, and its copy is never started then', async (fault) => {
      const request = await lab().fresh();
      let losing: Promise<void> | undefined;
      const { machine, ...result } = await nativeSwitch(
        request,
        settings,
        new AbortController().signal,
        ({ event }) => {
          if (event === 'tombstone') losing ??= fault.lose();
        },
      );
      await losing;
      expect(result, JSON.stringify(result.state === 'failed' && result.reason)).toMatchObject({
        survivor: 'source-guest',
      });
      await machine?.vmm.shell.close();
      expect(await lab().serving(60)).toBe('source-guest');
      if (lab().isOff('h2')) await lab().powerTarget();
      await expect(takeOver(request.work, ends, cannotTell)).rejects.toThrow('was in step');
    });
  },
);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../../base/clock.ts';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { firstAnswer } from '../../../guest/service.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { machinesUp } from '../../../lab/index.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { testLab } from '../../../lab/namespaces/lab.example.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { ownedDirectoryOn } from '../../../ledger/owned-directory-on.ts';
import { localShell } from '../../../remote/local.ts';
import { isBuried } from '../boot-path/tombstone.ts';
import { bootFolder } from '../boot-path/boot-path.ts';
import { placeOnDisk } from '../boot-path/on-disk.ts';
import { compareDisks } from '../check/compare-disks.ts';
import { checkFileSystems } from '../check/file-systems.ts';
import type { ConversionEvent } from '../conversion.ts';
import { inspectSource, inspectTarget } from '../inspect/index.ts';
import { Acknowledged, hostsOf, installService } from '../native-switch/switch-lab.example.ts';
import { planConversion } from '../plan.ts';
import type { ConversionRequest } from '../request.ts';
import { sourceFacts } from '../source-facts.ts';
import { vmmImage } from '../vmm-image/vmm-image.ts';
import { convertOffline } from './offline.ts';

const missing = missingForMachines();
const lab = testLab('offline');
const work = mkdtempSync(join(tmpdir(), 'virtgauge-offline-test-'));
const cache = cacheDirectory(process.env);
const reportPort = 7708;
afterEach(lab.removeAll);
afterAll(() => {
  lab.close();
  rmSync(work, { recursive: true });
});

describe.skipIf(missing.length > 0)(
  `an offline conversion (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('is planned from what is seen, moves the machine to a host, and loses no acknowledged write', async () => {
      const { inventoryPath } = await machinesUp({
        ...{ stateDirectory: lab.state, cache, name: lab.name },
        machines: ['plain', 'kvm'],
        progress: console.log,
      });
      const [source, target] = await hostsOf(inventoryPath);
      if (source === undefined || target === undefined) throw new Error('two hosts');
      const net = source.address.replace(/\.\d+$/, '');
      const acknowledged = new Acknowledged(reportPort);
      const ledger = openLedger({ stateDirectory: lab.state, label: 'offline' });
      const events: ConversionEvent[] = [];
      try {
        await installService(source.shell, `${net}.254:${reportPort}`);
        const seen = await inspectSource(source.shell, { watch: 1 });
        const seenTarget = await inspectTarget(source.shell, target, { ledger });
        const plan = planConversion(seen, seenTarget);
        expect(plan.obstacles.filter(({ kind }) => kind === 'refused')).toEqual([]);
        expect(seenTarget.linkRate).toBeGreaterThan(0);
        const facts = sourceFacts(seen);
        expect(facts).toMatchObject({
          disks: [{ path: '/dev/vda' }],
          nic: { name: 'eth0' },
          address: `${source.address}/24`,
          drivers: expect.arrayContaining(['virtio_blk', 'virtio_net']) as string[],
          ...{ firmware: 'bios', lockdown: false, grubConfig: '/boot/grub/grub.cfg' },
        });

        const udp = { host: source.address, port: 7 };
        const stop = AbortSignal.timeout(600_000);
        const before = await firstAnswer(udp, monotonicClock, stop);
        const directory = await ownedDirectoryOn(target, ledger, '/var/lib/vg/converted');
        const request: ConversionRequest = {
          ...{ source, facts, work, ledger, image: await vmmImage(localShell, cache) },
          target: { host: target, hypervisor: qemu, directory, accelerator: 'kvm', cpu: 'host' },
          ...{ vmmAddress: `${net}.201/24`, verify: true },
        };
        const result = await convertOffline(request, stop, (event) => {
          events.push(event);
          console.log(event.at.toFixed(2), event.event, event.figures ?? '');
        });
        expect(result).toMatchObject({ state: 'completed', survivor: 'target' });
        const passed = events.map(({ event }) => event);
        for (const [first, then] of [
          ['kexec', 'vmm-answered'],
          ['vmm-answered', 'copied'],
          ['copied', 'tombstone'],
          ['tombstone', 'target-running'],
          ['target-running', 'committed'],
        ] as const) {
          expect(passed.indexOf(then)).toBeGreaterThan(passed.indexOf(first));
        }

        const after = await firstAnswer(udp, monotonicClock, stop);
        expect(after.instance).not.toBe(before.instance);
        source.shell.lostPower?.();
        await source.shell.run(['busybox', 'killall', 'vg-guest']);
        const check = [
          ...(['/usr/sbin/vg-guest', 'witness-check', '--file', '/var/lib/vg/witness'] as const),
          ...['--bytes', '4194304', '--acknowledged', String(acknowledged.highest)],
        ] as const;
        const { stdout } = await source.shell.run([...check]);
        expect(JSON.parse(stdout)).toMatchObject({ missingAcknowledgedCount: 0, corrupt: [] });
        if (result.state !== 'completed' || result.frozen === undefined)
          throw new Error('not kept');
        const compared = await compareDisks(
          { disks: request.facts.disks, target: request.target.host, clock: request.source.clock },
          result.frozen,
          result.vmm,
          stop,
        );
        console.log(compared.bytes, 'bytes compared');
        expect(compared).toMatchObject({ different: 0 });
        expect(compared.bytes).toBeGreaterThan(50e6);
        expect(compared.bytes).toBeLessThan(facts.disks[0].bytes / 2);
        const found = await checkFileSystems(target.shell, {
          ...{
            path: result.frozen.disks[0]?.file ?? '',
            bytes: facts.disks[0].bytes,
            work: `${directory}/check`,
          },
        });
        expect(found, found.report).toMatchObject({ checked: 1, faulty: 0 });
        await result.frozen.thaw();
        // The copy is from before the tombstone; the source has it.
        const { vmm } = result;
        if (vmm === undefined) throw new Error('no rescue system');
        const env = `${bootFolder('/boot/grub/grub.cfg')}/env`;
        const tombstoneAt = await placeOnDisk(source.shell, env, '/dev/vda');
        expect(await isBuried(source.shell, { disk: '/dev/vda', tombstoneAt })).toBe(false);
        expect(await isBuried(vmm.shell, { disk: '/dev/vda', tombstoneAt })).toBe(true);
        await vmm.shell.close();
      } finally {
        acknowledged.close();
        ledger.close();
        await Promise.all([source, target].map(({ shell }) => shell.close()));
      }
    });
  },
);

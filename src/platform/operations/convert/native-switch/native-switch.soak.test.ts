import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../../base/clock.ts';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { firstAnswer } from '../../../guest/service.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { ownedDirectoryOn } from '../../../ledger/owned-directory-on.ts';
import { killMachine, machinesUp, readLab } from '../../../lab/index.ts';
import { bootMachine } from '../../../lab/machines/boot.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { machineFiles } from '../../../lab/machines/plan.ts';
import { markedShell } from '../../../lab/marked-shell.ts';
import { testLab } from '../../../lab/namespaces/lab.example.ts';
import { localShell } from '../../../remote/local.ts';
import type { ConversionEvent } from '../conversion.ts';
import { vmmImage } from '../vmm-image/vmm-image.ts';
import { firstGreeting } from '../vmm/greeting.ts';
import { nativeSwitch } from './native-switch.ts';
import { Acknowledged, factsOf, hostsOf, installService } from './switch-lab.example.ts';

const missing = missingForMachines();
const lab = testLab('switch');
const work = mkdtempSync(join(tmpdir(), 'virtgauge-switch-test-'));
const cache = cacheDirectory(process.env);
const reportPort = 7707;
afterEach(lab.removeAll);
afterAll(() => {
  lab.close();
  rmSync(work, { recursive: true });
});

const record = () => {
  const found = readLab(lab.state, lab.name);
  if (found?.kind !== 'machines') throw new Error('no lab of machines');
  return found;
};

describe.skipIf(missing.length > 0)(
  `a native switch (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('moves a running machine to a host: it serves there, loses no acknowledged write, and never starts twice', async () => {
      const { inventoryPath } = await machinesUp({
        ...{ stateDirectory: lab.state, cache, name: lab.name },
        machines: ['plain', 'kvm'],
        progress: console.log,
      });
      const [source, target] = await hostsOf(inventoryPath);
      if (source === undefined || target === undefined) throw new Error('two hosts');
      const net = source.address.replace(/\.\d+$/, '');
      const acknowledged = new Acknowledged(reportPort);
      const ledger = openLedger({ stateDirectory: lab.state, label: 'switch' });
      const events: ConversionEvent[] = [];
      try {
        await installService(source.shell, `${net}.254:${reportPort}`);
        const facts = await factsOf(source.shell, source.address);
        const udp = { host: source.address, port: 7 };
        const stop = AbortSignal.timeout(600_000);
        const before = await firstAnswer(udp, monotonicClock, stop);
        const directory = await ownedDirectoryOn(target, ledger, '/var/lib/vg/converted');

        const result = await nativeSwitch(
          {
            ...{ source, facts, work, ledger, image: await vmmImage(localShell, cache) },
            target: { host: target, hypervisor: qemu, directory, accelerator: 'kvm', cpu: 'host' },
            vmmAddress: `${net}.200/24`,
          },
          { downtimeLimit: 0.3, bandwidth: undefined, timeout: 300 },
          stop,
          (event) => events.push(event),
        );
        expect(result).toMatchObject({ state: 'completed', survivor: 'target' });
        const passed = events.map(({ event }) => event);
        expect(passed.indexOf('tombstone')).toBeGreaterThan(passed.indexOf('guest-stopped'));
        expect(passed.indexOf('target-running')).toBeGreaterThan(passed.indexOf('tombstone'));

        // Another boot than the machine's own, and it runs on the target.
        const after = await firstAnswer(udp, monotonicClock, stop);
        expect(after.instance).not.toBe(before.instance);
        const known = acknowledged.highest;
        while (acknowledged.highest < known + 10) {
          stop.throwIfAborted();
          await sleep(50);
        }
        source.shell.lostPower?.();
        await source.shell.run(['busybox', 'killall', 'vg-guest']);
        const check = [
          ...(['/usr/sbin/vg-guest', 'witness-check', '--file', '/var/lib/vg/witness'] as const),
          ...['--bytes', '4194304', '--acknowledged', String(acknowledged.highest)],
        ] as const;
        const { stdout } = await source.shell.run([...check]);
        expect(JSON.parse(stdout)).toMatchObject({ missingAcknowledgedCount: 0, corrupt: [] });
        await result.machine?.vmm.shell.close();

        // The source loses its power: what starts then is the VMM, which leaves the disk alone.
        await killMachine(record(), 'h1');
        const [h1] = record().hosts;
        if (h1 === undefined) throw new Error('no h1');
        const marked = markedShell(localShell, record().mark);
        const machine = await bootMachine(marked, record(), h1);
        machine.leave();
        const greeted = await firstGreeting({ address: `${net}.200` }, monotonicClock, 300, stop);
        expect(greeted).toBeDefined();
        const said = readFileSync(machineFiles(h1).console, 'utf8');
        expect(said).toContain('vg-vmm buried');
        expect(said).not.toContain('vg-machine init');
      } finally {
        acknowledged.close();
        ledger.close();
        await Promise.all([source, target].map(({ shell }) => shell.close()));
      }
    });
  },
);

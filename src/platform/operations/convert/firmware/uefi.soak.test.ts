import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicClock as clock } from '../../../../base/clock.ts';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { goneMachines, killMachine, machinesUp, readLab } from '../../../lab/index.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { testLab } from '../../../lab/namespaces/lab.example.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { ownedDirectoryOn } from '../../../ledger/owned-directory-on.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import { loadInventory } from '../../../remote/inventory/load.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { localShell } from '../../../remote/local.ts';
import type { Shell } from '../../../remote/shell.ts';
import { isBuried } from '../boot-path/tombstone.ts';
import { compareDisks } from '../check/compare-disks.ts';
import { convertMachine, type RunnableMethod } from '../convert-machine.ts';
import { inspectSource, inspectTarget } from '../inspect/index.ts';
import { planConversion } from '../plan.ts';
import { refusalsOf } from '../obstacles/index.ts';
import type { ConversionRequest } from '../request.ts';
import { sourceFacts } from '../source-facts.ts';
import { readRecord } from '../standing/record.ts';
import { firstGreeting } from '../vmm/greeting.ts';
import { vmmImage } from '../vmm-image/vmm-image.ts';
import { missingForUefi } from './esp.example.ts';
import { ovmf } from './ovmf.ts';
import { UefiMachine } from './uefi-machine.example.ts';

const missing = [...missingForMachines(), ...missingForUefi()];
const lab = testLab('uefi');
const work = mkdtempSync(join(tmpdir(), 'virtgauge-uefi-test-'));
const cache = cacheDirectory(process.env);
/** Seconds for a machine to start by UEFI, emulated. */
const patience = 400;

let entries: HostEntry[] = [];
let machine: UefiMachine;
afterAll(async () => {
  await lab.removeAll();
  lab.close();
  rmSync(work, { recursive: true });
});

const record = () => {
  const found = readLab(lab.state, lab.name);
  if (found?.kind !== 'machines') throw new Error('no lab of machines');
  return found;
};
const connect = (index: number) => {
  const [entry] = entries.slice(index);
  if (entry === undefined) throw new Error('no such host');
  return connectHost(entry);
};
const say = async (shell: Shell, line: string) =>
  (await shell.run(['sh', '-c', line], { timeout: 120 })).stdout.trim();

/** Makes a folder of the machine's, on its second disk where it has one. */
const folder =
  'mkdir -p /mnt/data; [ ! -e /dev/vdb ] || grep -q /mnt/data /proc/mounts || mount /dev/vdb /mnt/data';
/** What the machine has there, on its last disk. */
const look = (shell: Shell) => say(shell, `${folder}; sha256sum < /mnt/data/own`);
const byUefi = (shell: Shell) => say(shell, '[ -d /sys/firmware/efi ] && echo uefi || echo bios');

describe.skipIf(missing.length > 0)(
  `a machine that starts by UEFI (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    beforeAll(async () => {
      const { inventoryPath } = await machinesUp({
        ...{ stateDirectory: lab.state, cache, name: lab.name },
        machines: ['plain', 'kvm'],
        progress: console.log,
      });
      entries = loadInventory(inventoryPath).hosts;
      const [h1] = record().hosts;
      if (h1 === undefined) throw new Error('no h1');
      machine = new UefiMachine(record(), h1, await ovmf(localShell, cache), work);
    });

    it.each<{ method: RunnableMethod; disks: 1 | 2 }>([
      { method: 'offline', disks: 2 },
      { method: 'warm', disks: 2 },
      { method: 'native-switch', disks: 1 },
    ])(
      'with $disks disks: becomes a guest by $method, and is never started twice',
      async ({ method, disks }) => {
        await killMachine(record(), 'h1');
        const target = await connect(1);
        await say(target.shell, 'busybox killall -9 qemu-system-x86_64 qemu-nbd; :');
        machine.make(disks);
        await machine.start(patience);
        const source = await connect(0);
        const ledger = openLedger({ stateDirectory: lab.state, label: method });
        try {
          await say(
            source.shell,
            `mount -t efivarfs efivarfs /sys/firmware/efi/efivars 2>/dev/null || { modprobe efivarfs && mount -t efivarfs efivarfs /sys/firmware/efi/efivars; }; ${folder}; dd if=/dev/urandom of=/mnt/data/own bs=1M count=20 2>/dev/null; sync`,
          );
          const before = await look(source.shell);
          expect(await byUefi(source.shell)).toBe('uefi');
          const seen = await inspectSource(source.shell, { watch: 1 });
          console.log(JSON.stringify(seen.firmware));
          const there = await inspectTarget(source.shell, target, { ledger });
          const { obstacles } = planConversion(seen, there);
          console.log(obstacles.map(({ kind, message }) => `${kind}: ${message}`).join('\n'));
          expect(refusalsOf(method, obstacles)).toEqual([]);
          const several = refusalsOf('native-switch', obstacles).map(({ name }) => name);
          expect(several).toEqual(disks === 2 ? ['several-disks'] : []);
          const facts = sourceFacts(seen);
          const paths = ['/dev/vda', '/dev/vdb'].slice(0, disks);
          expect(facts.disks.map(({ path }) => path)).toEqual(paths);
          expect(facts.bootEntries).toMatchObject([{ file: '\\EFI\\debian\\grubx64.efi' }]);
          const net = source.address.replace(/\.\d+$/, '');
          const request: ConversionRequest = {
            ...{ source, facts, ledger, work: join(work, method), verify: true },
            ...{ image: await vmmImage(localShell, cache), ovmf: await ovmf(localShell, cache) },
            target: {
              ...{ host: target, hypervisor: qemu },
              // QEMU 7.2 aborts where a guest of its emulated SVM runs OVMF; a switch needs none.
              ...(method === 'native-switch'
                ? ({ accelerator: 'kvm', cpu: 'host' } as const)
                : ({ accelerator: 'tcg', cpu: 'qemu64' } as const)),
              directory: await ownedDirectoryOn(target, ledger, `/var/lib/vg/${method}`),
            },
            vmmAddress: `${net}.202/24`,
          };
          const stop = AbortSignal.timeout(1_500_000);
          const settings = { downtimeLimit: 0.3, bandwidth: undefined, timeout: 600, budget: 5 };
          // A machine of metal starts again by itself where it restarts.
          const result = await convertMachine(method, request, settings, stop, (event) =>
            console.log(event.at.toFixed(2), event.event, event.figures ?? ''),
          );
          const why = result.state === 'failed' ? result.reason : '';
          expect(result, why).toMatchObject({ state: 'completed', survivor: 'target' });
          source.shell.lostPower?.();
          expect(await look(source.shell)).toBe(before);
          expect(await byUefi(source.shell)).toBe(method === 'native-switch' ? 'bios' : 'uefi');
          // The rescue system of `warm` is there soon.
          const path = readRecord(request.work).bootPath;
          if (result.frozen === undefined) throw new Error('not kept');
          const compared = await compareDisks(
            {
              disks: request.facts.disks,
              target: request.target.host,
              clock: request.source.clock,
            },
            result.frozen,
            result.vmm,
            stop,
          );
          console.log(compared.bytes, 'bytes compared');
          expect(compared).toMatchObject({ different: 0 });
          expect(new Set(compared.pieces.map(({ disk }) => disk)).size).toBe(disks);
          await result.frozen.thaw();

          // A power cut of the source: its GRUB sees the tombstone.
          await result.vmm?.shell.close();
          await killMachine(record(), 'h1');
          const again = await machine.power();
          const rescue = { address: `${net}.202` };
          const answered = await firstGreeting(rescue, clock, patience);
          again.leave();
          expect(answered).toBeDefined();
          const vmm = await connectHost(result.frozen.rescue);
          expect(await isBuried(vmm.shell, path)).toBe(true);
          expect(await say(vmm.shell, `ls ${paths.join(' ')}`)).toBe(paths.join('\n'));
          await vmm.shell.close();
          expect(goneMachines(record())).toEqual([]);
          await sleep(1000);
          expect(await look(source.shell)).toBe(before);
          await result.guest?.destroy();
        } finally {
          ledger.close();
          await Promise.all([source, target].map(({ shell }) => shell.close()));
        }
      },
    );
  },
);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { localShell } from '../../../remote/local.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import { loadOption, variables } from '../inspect/boot-entries.example.ts';
import { parseBootEntries, type BootEntry } from '../inspect/boot-entries.ts';
import { bringFirmware } from './bring-firmware.ts';
import { espNode, makeUefiDisk, missingForUefi } from './esp.example.ts';
import { ovmf } from './ovmf.ts';

const missing = missingForUefi();
const folder = mkdtempSync(join(tmpdir(), 'vg-uefi-'));
afterAll(() => rmSync(folder, { recursive: true }));
const cache = cacheDirectory(process.env);

/** What GRUB says that the firmware of a guest has started. */
async function started(name: string, disk: string, entries: BootEntry[]): Promise<string> {
  const work = join(folder, name);
  const firmware = { code: join(work, 'code.fd'), variables: join(work, 'variables.fd') };
  const spec: GuestSpec = {
    ...{ name, machine: 'pc', cpu: 'qemu64', accelerator: 'tcg', vcpus: 1, firmware },
    ...{ memory: 128 * 2 ** 20, hugepages: false, mac: '52:54:00:76:67:02', pin: [] },
    disk: {
      path: disk,
      format: 'raw',
      cache: 'unsafe',
      aio: 'threads',
      iothread: false,
      queues: 1,
    },
    ...{ network: { kind: 'user' }, directory: work, consoleLog: join(work, 'console.log') },
    environment: {},
  };
  await localShell.run(['mkdir', '-p', work]);
  await bringFirmware(localShell, await ovmf(localShell, cache), entries, { work, to: firmware });
  const guest = await qemu.launch(thisMachine(cache), spec);
  try {
    await guest.resume();
    for (;;) {
      const [, loader] = /vg started (\w+)\./.exec(guest.console.text) ?? [];
      if (loader !== undefined) return loader;
      await sleep(100);
    }
  } finally {
    await guest.destroy();
  }
}

describe.skipIf(missing.length > 0)(
  `a guest that starts by UEFI (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('starts what the firmware of its machine did, else what needs no entry', async () => {
      const disk = join(folder, 'disk.raw');
      makeUefiDisk(disk, {
        '/EFI/one/grubx64.efi': ['echo vg started one.', 'sleep 100'],
        '/EFI/two/grubx64.efi': ['echo vg started two.', 'sleep 100'],
        '/EFI/BOOT/BOOTX64.EFI': ['echo vg started removable.', 'sleep 100'],
      });
      const option = (name: string) =>
        loadOption({ name, file: `\\EFI\\${name}\\grubx64.efi`, disk: espNode() });
      const told = variables([7, 1], { '0001': option('one'), '0007': option('two') });
      const entries = parseBootEntries(told);
      expect(entries).toHaveLength(2);
      expect(await started('by-entry', disk, entries)).toBe('two');
      expect(await started('by-path', disk, [])).toBe('removable');
    });
  },
);

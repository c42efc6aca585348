import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { fixture } from './fixture.example.ts';
import { parseLvmDevices, readLvmDevices } from './lvm-devices.ts';

const text = fixture('lvm-2.03.16-system.devices');

it('tells what LVM knows by its hardware', () => {
  expect(parseLvmDevices(text)).toEqual(['/dev/sda3', '/dev/nvme0n1p2']);
  expect(parseLvmDevices('')).toEqual([]);
});

it.each([
  ['of old LVM', 'use_devicesfile=1', '', ['/dev/sda3']],
  ['of LVM that looks anew', 'use_devicesfile=1', 'device_ids_refresh=1', []],
  ['of LVM that was told not to', 'use_devicesfile=1', 'device_ids_refresh=0', ['/dev/sda3']],
  ['of LVM that does not heed it', 'use_devicesfile=0', '', []],
])('reads the file %s', async (_, use, refresh, names) => {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-lvm-devices-'));
  try {
    mkdirSync(join(folder, 'bin'));
    const answers = `case $3 in */use_devicesfile) echo ${use} ;; *) [ -n "${refresh}" ] && echo ${refresh} ;; esac`;
    writeFileSync(join(folder, 'bin', 'lvmconfig'), `#!/bin/sh\n${answers}\n`, { mode: 0o755 });
    const file = join(folder, 'system.devices');
    writeFileSync(file, 'IDTYPE=sys_serial IDNAME=A1 DEVNAME=/dev/sda3 PVID=x PART=3\n');
    const run: typeof localShell.run = ([program, ...args], options) =>
      localShell.run([program, ...args.map((arg) => arg.replace(/^\/etc\/lvm\/.*/, file))], {
        ...options,
        env: { ...options?.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
      });
    expect(await readLvmDevices({ ...localShell, run })).toEqual(names);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('reads this machine', async () => {
  expect(await readLvmDevices(localShell)).toBeInstanceOf(Array);
});

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { exampleSpec } from '../../platform/hypervisor/libvirt/domain/guest-spec.example.ts';
import { guestSpecSchema } from '../../platform/operations/convert/standing/guest-spec.ts';
import { writeRecord } from '../../platform/operations/convert/standing/record.ts';
import { begunBefore, otherMachine } from './begun-before.ts';
import { conversionFolder } from './conversion-folder.ts';
import { endsOf } from './hosts.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'virtgauge-begun-'));
  vi.stubEnv('VIRTGAUGE_STATE', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

const login = (source: string) => endsOf({ source }).source;

it('is none where none is on record', async () => {
  expect(await begunBefore(login('192.0.2.1'))).toBeUndefined();
});

it('is never that of another machine of the same name', async () => {
  const source = login('192.0.2.1');
  const host = { address: '192.0.2.9', runtime: '/run/vg', storages: {} };
  mkdirSync(conversionFolder(source.name), { recursive: true });
  writeRecord(conversionFolder(source.name), {
    ...{ version: 2, method: 'native-switch', diskBytes: 2 ** 30, source },
    vmm: { name: source.name, ...host },
    bootPath: { config: '/boot/grub/grub.cfg', folder: '/boot', disk: '/dev/sda', tombstoneAt: 0 },
    target: { host: { name: 'h2', ...host }, guest: guestSpecSchema.parse(exampleSpec) },
  });
  await expect(begunBefore({ ...login('192.0.2.2'), name: source.name })).rejects.toThrow(
    'expected the machine whose conversion is on record under this name, 192.0.2.1:22, got 192.0.2.2:22',
  );
});

it('knows a machine by where it is reached, whoever logs in', () => {
  const web = login('root@192.0.2.1');
  expect(otherMachine(web, login('admin@192.0.2.1:22'))).toBeUndefined();
  expect(otherMachine(web, login('192.0.2.1:2222'))?.message).toContain('got 192.0.2.1:2222');
  const ssh = web.ssh && { ...web.ssh, jump: { ...web.ssh, address: 'gate' } };
  expect(otherMachine(web, { ...web, ...(ssh && { ssh }) })?.message).toContain(
    'got 192.0.2.1:22 through gate:22',
  );
  const { ssh: none, ...here } = web;
  expect([none?.port, otherMachine(web, here)?.message]).toEqual([
    22,
    expect.stringContaining('got this machine'),
  ]);
});

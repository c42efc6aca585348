import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { exampleSpec } from '../../platform/hypervisor/libvirt/domain/guest-spec.example.ts';
import { forgetLab, recordLab } from '../../platform/lab/lab-record.ts';
import { planMachines } from '../../platform/lab/machines/plan.ts';
import { conversionToken } from '../../platform/operations/convert/boot-path/ownership.ts';
import { guestSpecSchema } from '../../platform/operations/convert/standing/guest-spec.ts';
import { writeRecord } from '../../platform/operations/convert/standing/record.ts';
import {
  clearConversionFolder,
  conversionFolder,
  folderOnRecord,
  recordedFolder,
} from './conversion-folder.ts';

const draw = { name: 'big', token: '0123456789abcdef', subnet: 3, parent: '/labs' };

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'virtgauge-conversions-'));
  vi.stubEnv('VIRTGAUGE_STATE', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

function recordConversion(name: string, lab?: { name: string; token: string }): void {
  const host = { address: '10.77.3.2', runtime: '/run/vg', storages: {} };
  mkdirSync(conversionFolder(name), { recursive: true });
  writeRecord(conversionFolder(name), {
    ...{ version: 2, method: 'native-switch', diskBytes: 2 ** 30 },
    source: { name, ...host, ...(lab && { lab }) },
    vmm: { name, ...host },
    bootPath: { config: '/boot/grub/grub.cfg', folder: '/boot', disk: '/dev/sda', tombstoneAt: 0 },
    target: { host: { name: 'h2', ...host }, guest: guestSpecSchema.parse(exampleSpec) },
  });
}

it('is that of a conversion on record, and names those that are where it is none', async () => {
  await expect(recordedFolder('web')).rejects.toThrow('got web');
  recordConversion('mail');
  expect(await recordedFolder('mail')).toBe(join(state, 'conversions', 'mail'));
  await expect(recordedFolder('web')).rejects.toThrow(/got web/);
});

it('goes with the lab that the machine was of: another one may have its name', async () => {
  recordLab(state, {
    ...{ kind: 'machines', ...planMachines(draw, []), accelerator: 'tcg', diskCache: 'unsafe' },
    ...{ maker: '12-34-56-78-here', startedAt: '2026-11-20T10:00:00.000Z' },
  });
  recordConversion('h1', { name: 'big', token: draw.token });
  expect(await folderOnRecord('h1')).toBe(conversionFolder('h1'));
  forgetLab(state, 'big');
  expect(await folderOnRecord('h1')).toBeUndefined();
  expect(existsSync(conversionFolder('h1'))).toBe(false);
});

it('that was never recorded is not told as one on record', async () => {
  conversionToken(conversionFolder('refused'));
  recordConversion('web');
  await expect(recordedFolder('refused')).rejects.toMatchObject({
    problems: [{ remedy: 'On record: web.' }],
  });
});

it('is cleared for another conversion, which still knows what the earlier ones have left there', async () => {
  const folder = conversionFolder('web');
  await clearConversionFolder(folder);
  const token = conversionToken(folder);
  recordConversion('web');
  mkdirSync(join(folder, 'keys'));
  await clearConversionFolder(folder);
  expect([readdirSync(folder).length, conversionToken(folder)]).toEqual([1, token]);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HostEntry } from '../remote/inventory/schema.ts';
import { resetOf } from './reset.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-reset-'));
});
afterEach(() => rmSync(place, { recursive: true }));

const { signal } = new AbortController();
const entry = (more: Partial<HostEntry> = {}): HostEntry => ({
  ...{ name: 'web', address: '192.0.2.1', runtime: '/tmp', storages: {} },
  ...more,
});

it('is done by the command of the inventory', async () => {
  const log = join(place, 'log');
  const reset = resetOf(entry({ reset: `echo reset >> ${log}` }), place);
  await reset?.(signal);
  expect(readFileSync(log, 'utf8')).toBe('reset\n');
});

it('tells in what way the command failed', async () => {
  const reset = resetOf(entry({ reset: 'echo no such image >&2; exit 4' }), place);
  await expect(reset?.(signal)).rejects.toThrow(/reset: .* ended with code 4 \(no such image\)/);
});

it('is not possible where the inventory names no way', () => {
  expect(resetOf(entry(), place)).toBeUndefined();
  const lab = { name: 'gone', token: 'x' };
  expect(resetOf(entry({ lab }), place)).toBeUndefined();
});

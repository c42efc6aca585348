import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeResource } from '../ledger/resource.ts';
import type { HostEntry } from '../remote/inventory/schema.ts';
import { powerOf } from './power.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-power-'));
});
afterEach(() => rmSync(place, { recursive: true }));

const entry = (power?: HostEntry['power']): HostEntry => ({
  ...{ name: 'h1', address: '192.0.2.1', runtime: '/tmp', storages: {} },
  ...(power && { power }),
});

it('is cut and given back by the commands of the inventory', async () => {
  const log = join(place, 'log');
  const power = await powerOf(entry({ off: `echo off >> ${log}`, on: `echo on >> ${log}` }));
  await power.cut();
  await power.restore();
  expect(readFileSync(log, 'utf8')).toBe('off\non\n');
});

it('tells in what way a command failed', async () => {
  const power = await powerOf(entry({ off: 'echo no such plug >&2; exit 3', on: 'true' }));
  await expect(power.cut()).rejects.toThrow(
    /^h1: powerOff: echo no such plug.* ended with code 3 \(no such plug\)$/,
  );
});

it('is refused where there is no way to cut it', async () => {
  await expect(powerOf(entry())).rejects.toThrow(/^h1: expected a host.*found no way to cut it/);
});

it('comes back when the ledger is cleared', async () => {
  const on = join(place, 'on');
  const host = entry({ off: 'true', on: `touch ${on}` });
  expect(await removeResource({ kind: 'power', host })).toEqual([{ what: 'power cut', count: 1 }]);
  expect(existsSync(on)).toBe(true);
});

it('is as it was when the ledger is cleared after it was converted', async () => {
  const back = join(place, 'back');
  const host = { ...entry(), reset: `touch ${back}` };
  const removed = await removeResource({ kind: 'conversion', host });
  expect(removed).toEqual([{ what: 'conversion', count: 1 }]);
  expect(existsSync(back)).toBe(true);
  expect(await removeResource({ kind: 'conversion', host: entry() })).toEqual([]);
});

import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { thisMachine } from '../../../remote/this-machine.ts';
import { endWaiting } from './end-waiting.ts';
import { leftQemu } from './left-qemu.example.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-waiting-'));
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});

const end = () => endWaiting({ guest: { directory: folder } }, thisMachine(folder));

const qemu = async (running: boolean, { deaf = false } = {}) => {
  const left = await leftQemu(folder, { running, deaf });
  server = left.server;
  return left.heard;
};

it('ends one that was never let go', async () => {
  const heard = await qemu(false);
  await end();
  expect(heard).toContain('quit');
  expect(server?.listening).toBe(false);
});

it('leaves one that runs', async () => {
  const heard = await qemu(true);
  await expect(end()).rejects.toThrow('expected a target that does not run the machine');
  expect(heard).not.toContain('quit');
});

it('says so where it does not end', async () => {
  await qemu(false, { deaf: true });
  await expect(end()).rejects.toThrow('its QEMU did not end');
});

it('takes one that is gone as ended', async () => {
  await expect(end()).resolves.toBeUndefined();
});

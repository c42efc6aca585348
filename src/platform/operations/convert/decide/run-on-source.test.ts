import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { leftQemu } from './left-qemu.example.ts';
import { leftRecord, standby, tellingHost } from './left-standby.example.ts';
import { freeSource, stayAtSource } from './run-on-source.ts';

let folder: string;
let server: Server | undefined;
let done: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-run-on-source-'));
  done = [];
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});

it('frees the source, and what serves the copy ends; where it does not, the source is free too', async () => {
  for (const failing of [undefined, 'release']) {
    const hosts = { vmm: tellingHost('vmm', done), target: tellingHost('node2', done, failing) };
    await freeSource(leftRecord(folder), hosts, standby);
    expect(done.splice(0)).toEqual(['vmm: exhume', 'node2: release copy']);
  }
});

it('stays at the source, whose guest is off the copy before what serves it ends', async () => {
  const left = await leftQemu(folder, { running: true });
  server = left.server;
  await stayAtSource(
    leftRecord(folder),
    { vmm: tellingHost('vmm', done), target: tellingHost('node2', done) },
    standby,
  );
  expect(left.heard).toContain('query-block-jobs');
  expect(done).toEqual(['vmm: exhume', 'vmm: rm', 'node2: release copy']);
});

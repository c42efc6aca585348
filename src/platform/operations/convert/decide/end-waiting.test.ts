import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { guestPaths } from '../../../hypervisor/qemu/command-line.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import { endWaiting } from './end-waiting.ts';

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

/** A QEMU as its monitor shows it, until it is told to quit. */
async function qemu(running: boolean, { deaf = false } = {}): Promise<string[]> {
  const heard: string[] = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().trim().split('\n')) {
        const { execute, id } = JSON.parse(line) as { execute: string; id: number };
        heard.push(execute);
        if (execute === 'quit' && !deaf) {
          server?.close();
          socket.destroy();
          return;
        }
        const status = { running, status: running ? 'running' : 'inmigrate', singlestep: false };
        const answer = { return: execute === 'query-status' ? status : {}, id };
        socket.write(`${JSON.stringify(answer)}\r\n`);
      }
    });
  }).listen(guestPaths(folder).monitor);
  await once(server, 'listening');
  return heard;
}

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

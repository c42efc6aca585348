import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger, type Ledger } from '../../../ledger/ledger.ts';
import type { Host } from '../../../remote/host.ts';
import { localShell } from '../../../remote/local.ts';
import { hostProgram } from '../../../programs/host-program.ts';
import { ownClock } from '../../../remote/this-machine.ts';
import { copyDisk } from './copy-disk.ts';
import { serveDisk } from './serve-disk.ts';

const MiB = 2 ** 20;
const size = 24 * MiB;
let folder: string;
let ledger: Ledger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vg-copy-'));
  ledger = openLedger({ stateDirectory: join(folder, 'state'), label: 'copy' });
});
afterEach(async () => {
  await ledger.removeAll();
  ledger.close();
  rmSync(folder, { recursive: true });
});

/** This machine, where nobody else reaches it. */
const host: Host = {
  ...{ name: 'here', shell: localShell, clock: ownClock, address: '127.0.0.1' },
  ...{ storages: {}, runtime: '/tmp', cache: '/tmp' },
};

/** A disk with data at its begin, across the end of a piece, and at its end. */
function disks() {
  const [source, target] = [join(folder, 'source'), join(folder, 'target')];
  for (const path of [source, target]) {
    closeSync(openSync(path, 'w'));
    truncateSync(path, size);
  }
  const file = openSync(source, 'r+');
  for (const at of [0, 8 * MiB - 4096, size - 512]) {
    writeSync(file, randomBytes(Math.min(65_536, size - at)), 0, undefined, at);
  }
  closeSync(file);
  return { source, target };
}

const whole = [{ offset: 0, bytes: size }];
const program = () => hostProgram(host);

it('copies ranges of a disk, leaves its holes, and all else as it was', async () => {
  const { source, target } = disks();
  const served = await serveDisk(host, target, ledger);
  const ranges = [
    { offset: 0, bytes: 8 * MiB - 4096 },
    { offset: size - 512, bytes: 512 },
  ];
  let last = 0;
  await copyDisk(
    { shell: localShell, program: await program(), disk: source, ranges, target: served },
    { onProgress: (bytes) => (last = bytes) },
  );
  await served.stop();
  expect(last).toBe(8 * MiB - 4096 + 512);
  const expected = readFileSync(source);
  expected.fill(0, 8 * MiB - 4096, size - 512);
  expect(readFileSync(target).equals(expected)).toBe(true);
  expect(statSync(target).blocks * 512).toBeLessThan(2 * MiB);
  expect(ledger.held).toEqual([]);
});

it('writes zeros where the target may hold something, as holes', async () => {
  const { source, target } = disks();
  const file = openSync(target, 'r+');
  writeSync(file, randomBytes(size), 0, size, 0);
  closeSync(file);
  const served = await serveDisk(host, target, ledger);
  await copyDisk(
    { shell: localShell, program: await program(), disk: source, ranges: whole, target: served },
    { empty: false },
  );
  await served.stop();
  expect(readFileSync(target).equals(readFileSync(source))).toBe(true);
  expect(statSync(target).blocks * 512).toBeLessThan(2 * MiB);
});

it('goes on with what is not done where its connections are cut', async () => {
  const { source, target } = disks();
  const file = openSync(source, 'r+');
  writeSync(file, randomBytes(size), 0, size, 0);
  closeSync(file);
  const served = await serveDisk(host, target, ledger);
  // Each connection is cut after some bytes, until there were enough of them.
  let cuts = 6;
  const proxy = createServer((client) => {
    const server = connect(served.port, served.address);
    let left = cuts > 0 ? 3 * MiB + 100_000 : Infinity;
    cuts -= 1;
    for (const socket of [client, server]) socket.on('error', () => undefined);
    server.pipe(client);
    client.on('data', (data) => {
      left -= data.length;
      if (left > 0) return void server.write(data);
      client.destroy();
      server.destroy();
    });
    client.on('close', () => server.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const done: number[] = [];
  try {
    await copyDisk(
      {
        ...{ shell: localShell, program: await program(), disk: source, ranges: whole },
        target: { ...served, port },
      },
      { streams: 2, onProgress: (bytes) => done.push(bytes) },
    );
  } finally {
    proxy.close();
  }
  await served.stop();
  expect(cuts).toBeLessThan(0);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done.at(-1)).toBe(size);
  expect(readFileSync(target).equals(readFileSync(source))).toBe(true);
});

it('says what failed, at once where trying again does not help', async () => {
  const { source, target } = disks();
  truncateSync(target, 8 * MiB);
  const served = await serveDisk(host, target, ledger);
  const request = { shell: localShell, program: await program(), disk: source, ranges: whole };
  await expect(copyDisk({ ...request, target: served }, { streams: 1 })).rejects.toThrow(
    /^8388608 of 25165824 bytes of .* were copied, then: .*the target is smaller/,
  );
  await served.stop();
  await expect(
    copyDisk({ ...request, target: served }, { streams: 1, patience: 0 }),
  ).rejects.toThrow(/^0 of 25165824 bytes of .* were copied, then: .*Connection refused/);
});

it('says why a disk cannot be served', async () => {
  await expect(serveDisk(host, join(folder, 'none'), ledger)).rejects.toThrow(
    /here: the disk cannot be served: .*No such file/,
  );
  expect(ledger.held).toEqual([]);
});

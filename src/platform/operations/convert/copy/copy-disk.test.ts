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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger, type Ledger } from '../../../ledger/ledger.ts';
import type { Host } from '../../../remote/host.ts';
import { localShell } from '../../../remote/local.ts';
import { CommandError, type Shell } from '../../../remote/shell.ts';
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

it('copies a disk piece by piece, and leaves its holes', async () => {
  const { source, target } = disks();
  const served = await serveDisk(host, target, ledger);
  const done: number[] = [];
  await copyDisk(localShell, { path: source, bytes: size }, served, {
    piece: 8 * MiB,
    onProgress: (bytes) => done.push(bytes / MiB),
  });
  await served.stop();
  expect(done).toEqual([8, 16, 24]);
  expect(readFileSync(target).equals(readFileSync(source))).toBe(true);
  expect(statSync(target).blocks * 512).toBeLessThan(2 * MiB);
  expect(ledger.held).toEqual([]);
});

it('tries a piece again, with its zeros, and says what failed in the end', async () => {
  const { source, target } = disks();
  // What a try that was cut off may have left.
  const file = openSync(target, 'r+');
  writeSync(file, randomBytes(MiB), 0, MiB, MiB);
  closeSync(file);
  const served = await serveDisk(host, target, ledger);
  let fails = 1;
  const shell: Shell = {
    ...localShell,
    run: (argv, options) => {
      fails -= 1;
      if (fails < 0) return localShell.run(argv, options);
      return Promise.reject(new CommandError('here', argv, 'was cut off'));
    },
  };
  await copyDisk(shell, { path: source, bytes: size }, served);
  expect(readFileSync(target).equals(readFileSync(source))).toBe(true);
  fails = 2;
  await expect(
    copyDisk(shell, { path: source, bytes: size }, served, { tries: 2 }),
  ).rejects.toThrow(/^bytes 0 to 25165824 of .* were not copied: .* was cut off$/);
});

it('says why a disk cannot be served', async () => {
  await expect(serveDisk(host, join(folder, 'none'), ledger)).rejects.toThrow(
    /here: the disk cannot be served: .*No such file/,
  );
  expect(ledger.held).toEqual([]);
});

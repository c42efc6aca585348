import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { PipedProcess } from '../../../platform/remote/shell.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { lockHost } from './host-lock.ts';

let runtime: string;
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'virtgauge-lock-'));
});
afterEach(() => rmSync(runtime, { recursive: true }));

const host = (changes = {}) => ({ ...thisMachine('/nonexistent', 'h1'), runtime, ...changes });

it('is with one run at a time, and leaves nothing behind', async () => {
  const first = await lockHost(host());
  const refused: unknown = await lockHost(host()).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect((refused as Error).message).toMatch(/^h1: .*another run of virtgauge uses it/);
  expect((refused as Error).message).toMatch(/Wait until that has ended, or use other hosts/);
  await first.release();
  await (await lockHost(host())).release();
  expect(readdirSync(runtime)).toEqual([]);
});

it('goes when its run is gone, and tells when it is lost', async () => {
  const opened: PipedProcess[] = [];
  const shell = {
    ...localShell,
    open: async (...args: Parameters<typeof localShell.open>) => {
      const process = await localShell.open(...args);
      opened.push(process);
      return process;
    },
  };
  const { lost } = await lockHost(host({ shell }));
  // What a connection that ends does to the program at its other end.
  opened[0]?.stdin.destroy();
  expect(await lost).toMatch(/its lock was ended/);
  await (await lockHost(host())).release();
});

it('cannot be had without its folder', async () => {
  await expect(lockHost(host({ runtime: join(runtime, 'none') }))).rejects.toThrow(
    /h1: the host cannot be locked for this run \(.*none/,
  );
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Host } from '../../remote/host.ts';
import { CommandError, type Argv, type Ended, type Shell } from '../../remote/shell.ts';
import { thisMachine } from '../../remote/this-machine.ts';
import { exampleSpec } from './domain/guest-spec.example.ts';
import { XenGuest } from './guest.ts';
import { xen } from './xen.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vg-xen-guest-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A Xen host with the guest's domain 5, whose flags and reason `xl list` tells. */
async function guestOn(unpause = '1000.5\n') {
  const state = { line: '-b---- - -', destroyed: 0 };
  const streams: Record<string, { stdout: PassThrough; end: (how: Partial<Ended>) => void }> = {};
  const row = () => {
    const [flags, ...rest] = state.line.split(' ');
    const uuid = 'aba8b300-8448-4e8b-a4b9-7b006ea1506e';
    return `vg-1-0-01234567  5  128  1  ${flags}  1.0 ${uuid} ${rest.join(' ')}\n`;
  };
  const shell = {
    host: 'xa',
    open: (argv: Argv) => {
      let end: (how: Partial<Ended>) => void = () => undefined;
      const exited = new Promise<Ended>((resolve) => {
        end = (how) => resolve({ code: undefined, signal: undefined, stderr: '', ...how });
      });
      const stdout = new PassThrough();
      streams[argv[0] === 'xl' ? 'console' : 'watch'] = { stdout, end };
      return Promise.resolve({
        ...{ stdin: new PassThrough(), stdout, exited, pid: 1 },
        kill: () => end({ signal: 'SIGTERM' }),
      });
    },
    run: (argv: Argv) => {
      if (argv[0] === 'bash') return Promise.resolve({ stdout: unpause, stderr: '' });
      if (argv[1] === 'destroy') {
        state.destroyed++;
        state.line = '';
        return Promise.resolve({ stdout: '', stderr: '' });
      }
      const stderr = "Error: Domain '5' does not exist.\n";
      return state.line === '' && argv[2] === '5'
        ? Promise.reject(new CommandError('xa', argv, 'ended with code 1', { code: 1, stderr }))
        : Promise.resolve({ stdout: state.line === '' ? '' : row(), stderr: '' });
    },
  } as unknown as Shell;
  const clock = { ...thisMachine('/cache').clock, fromWall: (seconds: number) => seconds - 1000 };
  const host: Host = { ...thisMachine('/cache', 'xa'), shell, clock };
  const guest = new XenGuest(xen, host, { ...exampleSpec, consoleLog: join(folder, 'console') });
  await guest.adopt(5);
  /** Something has ended: Xen tells that it has, not what. */
  const release = () => streams.watch?.stdout.write('@releaseDomain\n');
  return { guest, state, streams, release };
}

it('runs, is there, and has an interface on its host', async () => {
  const { guest, state } = await guestOn();
  expect(await guest.running()).toBe(true);
  expect(await guest.exists()).toBe(true);
  expect(await guest.hostInterface()).toBe('vif5.0');
  state.line = '--p--- - -';
  expect(await guest.running()).toBe(false);
  expect(await guest.exists()).toBe(true);
  await guest.destroy();
});

it("tells when its CPUs go on, by the host's stamp on our clock", async () => {
  const { guest } = await guestOn();
  const told: unknown[] = [];
  guest.onRunChange((change) => told.push(change));
  await guest.resume();
  expect(told).toEqual([{ state: 'running', at: 0.5 }]);
  expect(guest.stamps).toEqual({ running: 0.5 });
  await guest.destroy();
});

it.each([
  ['---sc- 3 -', 'the guest crashed: Kernel panic - not syncing: no working init'],
  ['---s-- 0 -', 'the guest powered off: Kernel panic'],
  ['---sr- 1 -', 'the guest rebooted, which ends a guest of Xen here: Kernel panic'],
])('says why it has ended, and destroys what is left: %s', async (line, why) => {
  const { guest, state, streams, release } = await guestOn();
  streams.console?.stdout.write('[ 1.0] Kernel panic - not syncing: no working init\r\n');
  await guest.console.begun;
  state.line = line;
  release();
  expect(await guest.gone).toContain(why);
  expect(state.destroyed).toBe(1);
});

it('is not gone while it is saved or moved', async () => {
  const { guest, state, release } = await guestOn();
  let ended = false;
  void guest.gone.then(() => (ended = true));
  state.line = '---ss- 2 -';
  release();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect({ ended, destroyed: state.destroyed }).toEqual({ ended: false, destroyed: 0 });
  state.line = '';
  release();
  expect(await guest.gone).toBe('its domain is gone');
  expect(await guest.exists()).toBe(false);
});

it('is gone with its host', async () => {
  const { guest, streams } = await guestOn();
  streams.watch?.end({ lost: 'no route to host' });
  expect(await guest.gone).toBe('Xen on xa is out of reach: no route to host');
});

it('is gone once it was destroyed, and that can be repeated', async () => {
  const { guest, state } = await guestOn();
  await guest.destroy();
  await guest.destroy();
  expect(await guest.gone).toBe('it was destroyed');
  expect(state.destroyed).toBe(1);
});

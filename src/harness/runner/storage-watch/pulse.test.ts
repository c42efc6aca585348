import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError, type Output, type Shell } from '../../../platform/remote/shell.ts';
import { StoragePulse } from './pulse.ts';

/** A shell whose commands end when they are told to. */
function heldShell() {
  const running: { program: string; end: () => void }[] = [];
  const shell: Shell = {
    ...localShell,
    run: ([program]) =>
      new Promise<Output>((resolve) => {
        running.push({ program, end: () => resolve({ stdout: '', stderr: '' }) });
      }),
  };
  return { shell, running };
}

const soon = { look: 0.05, write: 0.05 };

it('of a storage that answers is there, and its bytes are written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-pulse-'));
  try {
    const file = join(folder, 'pulse');
    const pulse = new StoragePulse('storage', localShell, file, {});
    expect(await pulse.beat()).toBeUndefined();
    expect(await pulse.beat()).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('x');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('takes an error for an answer', async () => {
  const failed = new CommandError('h1', ['sh'], 'ended with code 1', { stderr: 'Read-only' });
  const shell = { ...localShell, run: () => Promise.reject(failed) };
  expect(await new StoragePulse('storage', shell, '/x', {}, soon).beat()).toBeUndefined();
});

it('is missed in a look, and nothing is begun while that hangs', async () => {
  const { shell, running } = heldShell();
  const pulse = new StoragePulse('storage', shell, '/x', {}, soon);
  for (let beat = 0; beat < 3; beat++) {
    expect(await pulse.beat()).toMatch(/^has not answered for \d+ s$/);
    expect(running.map(({ program }) => program)).toEqual(['stat']);
    expect(pulse.pending).toBe(true);
  }
});

it('is back when what hung has ended, and both steps are made again', async () => {
  const { shell, running } = heldShell();
  const pulse = new StoragePulse('storage', shell, '/x', {}, { look: 0.05, write: 60 });
  expect(await pulse.beat()).toBeDefined();
  running[0]?.end();
  await pulse.settled(60);
  const patient = new StoragePulse('storage', shell, '/x', {}, { look: 60, write: 60 });
  const beat = patient.beat();
  for (const step of [1, 2]) {
    await until(() => running.length > step);
    running[step]?.end();
  }
  expect(await beat).toBeUndefined();
  expect(running.map(({ program }) => program)).toEqual(['stat', 'stat', 'sh']);
  expect([pulse.pending, patient.pending]).toEqual([false, false]);
});

it('is missed where a look is answered and a write is not', async () => {
  const shell: Shell = {
    ...localShell,
    run: ([program]) =>
      program === 'stat'
        ? Promise.resolve({ stdout: '', stderr: '' })
        : new Promise<Output>(() => undefined),
  };
  const pulse = new StoragePulse('storage', shell, '/x', {}, { look: 60, write: 0.05 });
  expect(await pulse.beat()).toMatch(/^has not answered/);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

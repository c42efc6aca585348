import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { livingProcess } from '../ledger/living-process.ts';
import { runningProcess, startDetached } from './detached.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-detached-'));
});
afterEach(() => rmSync(place, { recursive: true }));

it('starts a program in a session of its own, with its environment, and tells how it ended', async () => {
  const line = 'echo "$$ $(cut -d " " -f 6 /proc/$$/stat) $WORD" >&2; exit 3';
  const process = await startDetached(['sh', '-c', line], join(place, 'log'), {
    env: { WORD: 'x' },
  });
  const { code, stderr } = await process.exited;
  expect(code).toBe(3);
  expect(stderr.trim()).toBe(`${process.pid} ${process.pid} x`);
});

it('says so if a program cannot start', async () => {
  const started = startDetached(['/no/such/program'], join(place, 'log'));
  await expect(started).rejects.toThrow(/did not start/);
});

it('watches and ends a process that another has started, and none that has its number now', async () => {
  const log = join(place, 'log');
  const { pid, exited } = await startDetached(['sleep', '60'], log);
  const start = livingProcess(pid)?.start ?? '';
  expect(runningProcess(pid, 'another', log)).toBeUndefined();
  const watched = runningProcess(pid, start, log);
  watched?.kill('SIGKILL');
  expect((await exited).signal).toBe('SIGKILL');
  expect(await watched?.exited).toMatchObject({ code: undefined });
  expect(runningProcess(pid, start, log)).toBeUndefined();
});

import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { livingProcess, parseStat } from './living-process.ts';

const fields = `1 1 1 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 1 0 166550 3133440`;

it('reads the start behind a name that looks like more fields', () => {
  expect(parseStat(`42 (a) R (b c) S ${fields} 410`)).toEqual({
    start: '166550',
    name: 'a) R (b c',
  });
});

it('takes a zombie for gone', () => {
  expect(parseStat(`42 (sleep) Z ${fields}`)).toBeUndefined();
});

it('finds this process, always with the same start', () => {
  expect(livingProcess(process.pid)).toEqual(livingProcess(process.pid));
  expect(livingProcess(process.pid)?.start).toMatch(/^\d+$/);
});

it('does not find a process that has ended', async () => {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(livingProcess(child.pid ?? 0)).toBeUndefined();
});

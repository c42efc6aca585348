import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { parseHardwareClock, readHardwareClock } from './hardware-clock.ts';

it.each([
  ['0.0 0 0.0\n0\nLOCAL\n', 'local'],
  ['-0.213 1700000000 0.0\n1700000000\nUTC\n', 'utc'],
  ['0.0 0 0.0\n0\n', 'utc'],
  ['', 'utc'],
])('reads %j', (text, clock) => {
  expect(parseHardwareClock(text)).toBe(clock);
});

it('reads what this machine says', async () => {
  expect(['utc', 'local']).toContain(await readHardwareClock(localShell));
});

import { expect, it } from 'vitest';
import { localShell } from './local.ts';
import { patienceWith, patientShell } from './patience.ts';
import type { RunOptions, Shell } from './shell.ts';

it('is longer where a host is emulated', () => {
  expect(patienceWith([{}, { emulated: false }], 10)).toBe(10);
  expect(patienceWith([{}, { emulated: true }], 10)).toBe(40);
});

it('a command on an emulated host gets more time, and all else is as it was', async () => {
  const seen: RunOptions[] = [];
  const noting: Shell = {
    ...localShell,
    host: 'slow',
    run: (argv, options = {}) => (seen.push(options), localShell.run(argv, options)),
  };
  const shell = patientShell(noting, { emulated: true });
  await shell.run(['true'], { timeout: 10, env: { A: 'b' } });
  await shell.run(['true']);
  expect(seen).toEqual([{ timeout: 40, env: { A: 'b' } }, {}]);
  expect(shell.host).toBe('slow');
  expect((await shell.readFile('/proc/self/stat')).length).toBeGreaterThan(0);
  expect(patientShell(noting, {})).toBe(noting);
});

import { expect, it } from 'vitest';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError, type Shell } from '../../../platform/remote/shell.ts';
import { fioVersion, missingFio } from './host-fio.ts';

const shell = (stdout?: string): Shell => ({
  ...localShell,
  run: (argv) =>
    stdout === undefined
      ? Promise.reject(new CommandError('localhost', argv, 'did not run'))
      : Promise.resolve({ stdout, stderr: '' }),
});

it('says which fio a host has', async () => {
  expect(await fioVersion(shell('fio-3.33\n'))).toBe('3.33');
  expect(await missingFio(shell('fio-3.33\n'))).toEqual([]);
});

it('says what to do where there is none', async () => {
  const [problem] = await missingFio(shell());
  expect(problem?.message).toContain('expected fio on localhost');
  expect(problem?.remedy).toContain('apt-get install fio');
});

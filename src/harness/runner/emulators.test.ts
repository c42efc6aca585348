import { expect, it } from 'vitest';
import type { Host } from '../../platform/remote/host.ts';
import { CommandError, type Shell } from '../../platform/remote/shell.ts';
import { emulatorVersions } from './emulators.ts';

const host = (name: string, versions: Readonly<Record<string, string>>): Host => {
  const run: Shell['run'] = ([program]) => {
    const version = versions[program];
    const stdout = `QEMU emulator version ${version} (Debian)\n`;
    return version === undefined
      ? Promise.reject(new CommandError(name, [program], 'was not found'))
      : Promise.resolve({ stdout, stderr: '' });
  };
  return { name, shell: { run }, hypervisors: ['qemu'] } as unknown as Host;
};
const arms = [{ emulator: 'qemu-system-x86_64' }, { emulator: '/opt/q/qemu' }];

it('tells the version of each named program, of the usual one nothing', async () => {
  const both = [host('a', { '/opt/q/qemu': '9.2.0' }), host('b', { '/opt/q/qemu': '9.2.0' })];
  expect(await emulatorVersions(both, arms)).toEqual({ 'QEMU at /opt/q/qemu': '9.2.0' });
  expect(await emulatorVersions(both, arms.slice(0, 1))).toEqual({});
});

it('refuses what does not run on a host, and other versions on others', async () => {
  const good = host('a', { '/opt/q/qemu': '9.2.0' });
  await expect(emulatorVersions([good, host('b', {})], arms)).rejects.toThrow(
    'expected a program of QEMU on b',
  );
  const older = host('b', { '/opt/q/qemu': '7.2.1' });
  await expect(emulatorVersions([good, older], arms)).rejects.toThrow('on b, 7.2.1');
});

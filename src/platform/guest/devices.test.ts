import { expect, it } from 'vitest';
import { lookForDevices, makeReadyForHotplug, readLook } from './devices.ts';

const output = (stdout: string, code = 0, stderr = '') => ({ stdout, code, stderr });

it('reads what the guest saw, and when', () => {
  expect(readLook('vg-devices seen 12.500000 cpus=2 memory=262144000\n')).toEqual({
    ...{ seen: 12.5, cpus: 2, memory: 262144000 },
  });
  expect(readLook('vg-devices missed 32.000000 cpus=1 memory=1\n')).toEqual({ cpus: 1, memory: 1 });
  expect(readLook('sh: vg-guest: not found\n')).toBeUndefined();
});

it('asks for what is wanted, in whole bytes', async () => {
  let asked: readonly string[] = [];
  const looking = await lookForDevices(
    {
      start: (argv) => {
        asked = argv;
        const seen = output('vg-devices seen 1.000000 cpus=1 memory=5\n');
        return Promise.resolve({
          ...{ poll: () => Promise.resolve(seen), wait: () => Promise.resolve(seen) },
        });
      },
      run: () => Promise.resolve(output('')),
    },
    { leastMemory: 1.6, noDisk: 'vdb' },
    { timeout: 0.5 },
  );
  expect(asked.slice(4)).toEqual([
    ...['--use', '--timeout', '500', '--least-memory', '2', '--no-disk', 'vdb'],
  ]);
  expect(await looking.result()).toEqual({ seen: 1, cpus: 1, memory: 5 });
});

it('says so where the guest has not our program', async () => {
  const run = () => Promise.resolve(output('', 127, 'sh: vg-guest: not found'));
  await expect(makeReadyForHotplug({ run })).rejects.toThrow(
    'the guest does not tell its devices: sh: vg-guest: not found',
  );
});

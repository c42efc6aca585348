import { expect, it } from 'vitest';
import { localShell } from '../../platform/remote/local.ts';
import { parseCpuSettings, readCpuSettings } from './cpu-settings.ts';

const meminfo =
  'MemTotal: 8 kB\nHugePages_Total: 9\nHugePages_Free:   7\nHugepagesize:    2048 kB\n';
const pages = { freeHugePages: 7, hugePageSize: 2 ** 21 };

it.each([
  [
    `powersave\n=\n0\n=\n=\n2\n=\n${meminfo}`,
    { governor: 'powersave', turbo: true, numaNodes: 2, ...pages },
  ],
  [
    `performance\nschedutil\n=\n=\n0\n=\n1\n=\n${meminfo}`,
    { governor: 'performance, schedutil', turbo: false, numaNodes: 1, ...pages },
  ],
  [`=\n1\n=\n1\n=\n1\n=\n${meminfo}`, { turbo: false, numaNodes: 1, ...pages }],
  ['=\n=\n=\n0\n=\n', { numaNodes: 0, freeHugePages: 0, hugePageSize: 0 }],
])('reads %j', (text, expected) => {
  expect(parseCpuSettings(text)).toEqual(expected);
});

it('reads what this machine says', async () => {
  expect(await readCpuSettings(localShell)).toMatchObject({
    numaNodes: expect.any(Number) as number,
  });
});

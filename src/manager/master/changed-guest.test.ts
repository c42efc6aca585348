import { expect, it } from 'vitest';
import { grown, shrunk } from './changed-guest.ts';

const guest = {
  ...{ name: 'web', host: 'a', state: 'running' as const, image: 'micro' },
  ...{ vcpus: 1, memory: 256, disk: 1000 },
};

it('what is taken out is promised no more, and nothing is taken twice', () => {
  const disk = { what: 'disk' as const, amount: 500 };
  const twice = grown(grown(guest, disk, 'disk-1'), { ...disk, amount: 70 }, 'disk-2');
  expect(twice).toMatchObject({ disk: 1570, plugged: { 'disk-1': 500, 'disk-2': 70 } });
  const without = shrunk(twice, { what: 'disk', device: 'disk-1' });
  expect(without).toMatchObject({ disk: 1070, plugged: { 'disk-2': 70 } });
  expect(shrunk(without, { what: 'disk', device: 'disk-1' }).disk).toBe(1070);
  const memory = { what: 'memory' as const, amount: 64 };
  expect(shrunk(grown(guest, memory, undefined), memory)).toEqual(guest);
});

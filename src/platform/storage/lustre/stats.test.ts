import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fixture } from './fixture.example.ts';
import { mangled } from './mangled.example.ts';
import { addRpcSizes, addStats, addTimeouts, meanWait, type Tally } from './stats.ts';

function tally(add: (tally: Tally) => void): Record<string, number> {
  const counted: Tally = new Map();
  add(counted);
  return Object.fromEntries(counted);
}

it('reads what a client has read and written', () => {
  const counted = tally((each) => addStats(each, 'llite', fixture('2.17/llite-stats')));
  expect(counted).toMatchObject({
    'llite.read_bytes': 134_767_760,
    'llite.read_bytes.count': 128,
    'llite.write_bytes': 106_618_840,
    'llite.write.seconds': 14.205004,
    'llite.fsync.count': 11,
    'llite.ioctl.count': 975,
  });
  expect(counted).not.toHaveProperty(['llite.ioctl.seconds']);
});

it('reads the same in the form of 2.15', () => {
  const counted = tally((each) => addStats(each, 'llite', fixture('2.15/llite-stats')));
  expect(counted).toEqual({
    ...{ 'llite.read_bytes': 134_767_760, 'llite.read_bytes.count': 128 },
    ...{ 'llite.write_bytes': 106_618_840, 'llite.write_bytes.count': 1639 },
    ...{ 'llite.read.count': 128, 'llite.read.seconds': 1.489408 },
    ...{ 'llite.ioctl.count': 975, 'llite.open.count': 64 },
  });
});

it('sums over the devices of all targets', () => {
  const counted = tally((each) => addStats(each, 'osc', fixture('2.17/osc-stats')));
  expect(counted['osc.read_bytes']).toBe(83_369_984 + 82_722_824);
  const one = tally((each) => addStats(each, 'mdc', fixture('2.17/mdc-stats')));
  expect(one['mdc.req_waittime.seconds']).toBeCloseTo(27.972323, 6);
});

it('counts nothing after the counters were cleared', () => {
  expect(tally((each) => addStats(each, 'llite', fixture('2.17/stats-clear')))).toEqual({});
});

it('reads sizes of requests, and no other table', () => {
  const text = fixture('2.17/osc-rpc_stats');
  const first = text.slice(0, text.indexOf('osc.lustre-OST0001'));
  const counted = tally((each) => addRpcSizes(each, 'osc', first));
  expect(counted).toMatchObject({
    ...{ 'osc.read_rpcs': 2168, 'osc.write_rpcs': 603 },
    ...{ 'osc.rpc_pages_1': 1870, 'osc.rpc_pages_256': 89, 'osc.rpc_pages_1024': 4 },
  });
  expect(Object.keys(counted)).toHaveLength(13);
});

it('reads how long servers take to answer', () => {
  const text = fixture('2.17/osc-import');
  expect(meanWait(text)).toBeGreaterThan(0.006);
  expect(meanWait(text)).toBeLessThan(0.01);
  expect(meanWait('')).toBeUndefined();
  expect(tally((each) => addTimeouts(each, 'osc', text))).toEqual({ 'osc.timeouts': 0 });
});

it('takes any text, and counts no nonsense', () => {
  const names = ['2.17/llite-stats', '2.17/osc-rpc_stats', '2.17/osc-import', '2.15/llite-stats'];
  fc.assert(
    fc.property(mangled(...names), (text) => {
      const counted = tally((each) => {
        addStats(each, 'a', text);
        addRpcSizes(each, 'b', text);
        addTimeouts(each, 'c', text);
      });
      for (const value of Object.values(counted)) expect(value).toBeGreaterThanOrEqual(0);
    }),
  );
});

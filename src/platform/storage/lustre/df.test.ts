import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDf } from './df.ts';
import { fixture } from './fixture.example.ts';
import { mangled } from './mangled.example.ts';

const KiB = 1024;

it('reads targets in bytes', () => {
  for (const name of ['lfs-df-v', 'lfs-df']) {
    expect(parseDf(fixture(`2.17/${name}`), 'lustre')).toEqual({
      targets: [
        {
          ...{ name: 'lustre-MDT0000', kind: 'MDT', index: 0, flags: '' },
          ...{ total: 585_656 * KiB, free: 516_800 * KiB },
        },
        ...[0, 1].map((index) => ({
          ...{ name: `lustre-OST000${index}`, kind: 'OST', index, flags: '' },
          ...{ total: 954_304 * KiB, free: 884_100 * KiB },
        })),
      ],
      unreachable: [],
    });
  }
});

it('tells a full target beside one that is nearly empty', () => {
  const { targets } = parseDf(fixture('2.17/enospc-lfs-df'), 'lustre');
  expect(targets.map(({ free }) => free / KiB)).toEqual([516_808, 4088, 773_524]);
});

it('names an inactive target, which plain lfs df hides', () => {
  const use = parseDf(fixture('2.17/inactive-lfs-df-v'), 'lustre');
  expect(use.unreachable).toEqual([{ name: 'lustre-OST0001', why: 'inactive device' }]);
  expect(use.targets.map(({ name }) => name)).toEqual(['lustre-MDT0000', 'lustre-OST0000']);
  expect(parseDf(fixture('2.17/inactive-lfs-df'), 'lustre').unreachable).toEqual([]);
});

it('reads states of targets, and numbers above 9', () => {
  const { targets, unreachable } = parseDf(fixture('2.15/lfs-df-v'), 'testfs');
  expect(targets.map(({ index, flags }) => [index, flags])).toEqual([
    ...[
      [0, ''],
      [0, 'f'],
      [1, 'D'],
      [2, 'DR'],
      [10, 'S'],
    ],
  ]);
  expect(unreachable).toEqual([
    { name: 'testfs-OST0003', why: 'inactive device' },
    { name: 'testfs-OST0004', why: 'Resource temporarily unavailable' },
  ]);
});

it('finds nothing outside Lustre', () => {
  const nothing = { targets: [], unreachable: [] };
  expect(parseDf(fixture('2.17/lfs-df-nonlustre'), 'lustre')).toEqual(nothing);
});

it('takes any text, and gives whole numbers', () => {
  const texts = mangled('2.17/inactive-lfs-df-v', '2.17/enospc-lfs-df', '2.15/lfs-df-v');
  fc.assert(
    fc.property(texts, (text) => {
      for (const { free, total, index } of parseDf(text, 'lustre').targets) {
        expect([free, total, index].every((each) => each >= 0)).toBe(true);
      }
    }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseMounts } from '../mounts.ts';
import { fixture } from './fixture.example.ts';
import { parseNids, parseSource } from './source.ts';

it('reads the source of a client and not those of servers', () => {
  const sources = parseMounts(fixture('2.17/proc-mounts')).map(({ source }) => parseSource(source));
  expect(sources).toEqual([
    ...[undefined, undefined, undefined],
    { mgs: '10.0.2.15@tcp', networks: ['tcp'], fsname: 'lustre' },
  ]);
});

it.each([
  [
    '10.0.0.1@o2ib,10.1.0.1@tcp1:10.0.0.2@o2ib:/scratch',
    {
      mgs: '10.0.0.1@o2ib,10.1.0.1@tcp1:10.0.0.2@o2ib',
      networks: ['o2ib', 'tcp1'],
      fsname: 'scratch',
    },
  ],
  ['mgs1:mgs2:/home/vms/a', { mgs: 'mgs1:mgs2', networks: ['tcp'], fsname: 'home' }],
  ['nas.example:/export/vms', { mgs: 'nas.example', networks: ['tcp'], fsname: 'export' }],
  ['/dev/sda1', undefined],
  ['tmpfs', undefined],
])('reads %s', (source, expected) => {
  expect(parseSource(source)).toEqual(expected);
});

it('reads networks of NIDs', () => {
  expect(parseNids(fixture('2.17/lctl-list_nids'))).toEqual(['tcp']);
  expect(parseNids('0@lo\n10.0.0.7@o2ib\n10.0.0.8@o2ib\n192.168.0.1@tcp2\n')).toEqual([
    'o2ib',
    'tcp2',
  ]);
});

it('takes any text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseSource(text);
      parseNids(text);
    }),
  );
});

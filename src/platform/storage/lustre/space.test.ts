import { expect, it } from 'vitest';
import { parseDf } from './df.ts';
import { fixture } from './fixture.example.ts';
import { parseGetstripe } from './getstripe.ts';
import { targetWarnings, usableSpace } from './space.ts';

const use = parseDf(fixture('2.15/lfs-df-v'), 'testfs');
const none = () => undefined;

it('leaves out targets that take no new files', () => {
  const layout = parseGetstripe(fixture('2.15/getstripe-pfl-y'));
  const { targets, stripes } = usableSpace(layout, use, none);
  expect(targets.map(({ name }) => name)).toEqual([
    ...['testfs-OST0000', 'testfs-OST0001', 'testfs-OST000a'],
  ]);
  expect(stripes).toBe(3);
});

it('looks at the last component, and its pool', () => {
  const layout = parseGetstripe(fixture('2.15/getstripe-dir-pfl-dy'));
  const { targets, stripes } = usableSpace(layout, use, (pool) =>
    pool === 'flash' ? ['testfs-OST000a'] : undefined,
  );
  expect(targets).toEqual([{ name: 'testfs-OST000a', free: 1024 * 1024 }]);
  expect(stripes).toBe(1);
});

it('says what is wrong with which target', () => {
  const states = [{ index: 5, name: 'testfs-OST0005', active: false }];
  expect(targetWarnings(use, states, true)).toEqual([
    'testfs-OST0003 is inactive: new files do not use it, files that lie on it cannot be read',
    'testfs-OST0004 does not answer: Resource temporarily unavailable',
    'testfs-OST0005 is inactive: new files do not use it, files that lie on it cannot be read',
    'testfs-OST0001 is degraded',
    'testfs-OST0002 is degraded',
    'testfs-OST0002 is read-only: new files do not use it',
    'testfs-OST000a is out of space',
  ]);
});

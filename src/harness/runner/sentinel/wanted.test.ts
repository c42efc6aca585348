import { expect, it } from 'vitest';
import { sentinelsOn } from './wanted.ts';

const storages = [
  { name: 'local', backend: { kind: 'local', ofOneHost: true as const } },
  { name: 'folder', backend: { kind: 'shared-directory' } },
  { name: 'shared', backend: { kind: 'lustre' } },
];

it.each([
  ['off', 1, false, []],
  ['auto', 1, false, ['folder', 'shared']],
  ['auto', 1, true, ['shared']],
  ['auto', 2, false, []],
  ['on', 1, true, ['local', 'folder', 'shared']],
  ['on', 2, false, ['local']],
] as const)('%s, %i groups, only this machine: %s', (sentinel, groups, onlyThisMachine, names) => {
  expect([...sentinelsOn({ sentinel }, storages, { groups, onlyThisMachine })]).toEqual(names);
});

import { expect, it } from 'vitest';
import { installedAsLocked } from './lockfile.mjs';

const a = { version: '1.0.0', integrity: 'sha512-a' };
const b = { version: '2.0.0', integrity: 'sha512-b' };
const otherPlatform = { version: '3.0.0', integrity: 'sha512-c', optional: true };
const own = { version: '0.1.0' };
const locked = {
  packages: {
    '': own,
    'node_modules/a': a,
    'node_modules/b': b,
    'node_modules/c': otherPlatform,
  },
};

it('accepts what was installed from the lock file', () => {
  expect(
    installedAsLocked(locked, { packages: { 'node_modules/a': a, 'node_modules/b': b } }),
  ).toBe(true);
});

it.each([
  ['a package is missing', { 'node_modules/a': a }],
  ['a version differs', { 'node_modules/a': { ...a, version: '1.0.1' }, 'node_modules/b': b }],
  ['the content differs', { 'node_modules/a': { ...a, integrity: 'x' }, 'node_modules/b': b }],
  [
    'a package is installed that the lock file does not name',
    { 'node_modules/a': a, 'node_modules/b': b, 'node_modules/d': a },
  ],
])('asks for an installation if %s', (_, packages) => {
  expect(installedAsLocked(locked, { packages })).toBe(false);
});

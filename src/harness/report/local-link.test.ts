import { expect, it } from 'vitest';
import { localLink } from './local-link.ts';

it('links into the run folder', () => {
  expect(localLink('artifacts/17/guest 0.console')).toBe('../artifacts/17/guest%200.console');
});

it.each(['../../etc/passwd', '/etc/passwd', 'a/../../b', 'a\\..\\b', '', 'a//b'])(
  'gives no link out of it: %s',
  (path) => {
    expect(localLink(path)).toBeUndefined();
  },
);

it('turns no path into another scheme', () => {
  expect(localLink('javascript:alert(1)')).toBe('../javascript%3Aalert(1)');
});

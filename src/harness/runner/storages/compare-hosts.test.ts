import { expect, it } from 'vitest';
import { lockFacts } from './compare-hosts.ts';

it('locks are proven where they are between all hosts', () => {
  const proven = { locks: 'proven', warnings: [] };
  expect(lockFacts([proven, proven])).toEqual({ 'locks across hosts': 'proven' });
  expect(lockFacts([{ locks: 'not seen (h1, h2)', warnings: [] }, proven])).toEqual({
    'locks across hosts': 'not seen (h1, h2)',
  });
  expect(lockFacts([{ warnings: [] }])).toEqual({});
});

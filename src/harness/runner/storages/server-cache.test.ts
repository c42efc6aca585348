import { expect, it } from 'vitest';
import { serverCache } from './server-cache.ts';

const arms = [{ guests: 2 }, { guests: 8 }];
const set = ({ guests }: { guests: number }) => guests * 10;

it('is warm unless every arm works on more than twice the memory of the servers', () => {
  expect(serverCache(arms, set, 9)).toBe('server-cold');
  expect(serverCache(arms, set, 10)).toBe('server-warm');
  expect(serverCache(arms, set, 39)).toBe('server-warm');
});

it('is warm where nobody knows', () => {
  expect(serverCache(arms, set, undefined)).toBe('server-warm');
  expect(serverCache([], set, 1)).toBe('server-warm');
});

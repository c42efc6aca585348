import { expect, it } from 'vitest';
import { endsWithin } from './ends-within.ts';

it('tells work that ends from work that does not', async () => {
  expect(await endsWithin(10, Promise.resolve())).toBe(true);
  expect(await endsWithin(10, Promise.reject(new Error('failed')))).toBe(true);
  expect(await endsWithin(0.01, new Promise(() => undefined))).toBe(false);
});

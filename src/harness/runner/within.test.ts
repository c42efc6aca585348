import { expect, it } from 'vitest';
import { within } from './within.ts';

it('tells work that ends from work that does not', async () => {
  expect(await within(10, Promise.resolve())).toBe(true);
  expect(await within(10, Promise.reject(new Error('failed')))).toBe(true);
  expect(await within(0.01, new Promise(() => undefined))).toBe(false);
});

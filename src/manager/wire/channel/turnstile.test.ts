import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

it('lets one through at a time, and is closed as long afterwards as that took', async () => {
  let now = 0;
  const turnstile = new Turnstile(() => now);
  let leave: () => void = () => undefined;
  const inside = turnstile.through(() => new Promise<void>((resolve) => (leave = resolve)));
  expect(turnstile.opens()).toBe(false);
  now = 10;
  leave();
  await inside;
  expect(turnstile.opens()).toBe(false);
  now = 20;
  expect(turnstile.opens()).toBe(true);
});

it('opens again after what has failed', async () => {
  const turnstile = new Turnstile(() => 0);
  await expect(turnstile.through(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(turnstile.opens()).toBe(true);
});

import { expect, it } from 'vitest';
import { proveEnded } from './prove-ended.ts';

const done = () => Promise.resolve();

it('believes only what the host says', async () => {
  const answers = [true, true, false];
  const exists = () => Promise.resolve(answers.shift() ?? false);
  expect(await proveEnded({ destroy: done, exists })).toBeUndefined();
  expect(answers).toEqual([]);
});

it('does not take silence for an end', async () => {
  const exists = () => Promise.reject(new Error('xa is out of reach'));
  expect(await proveEnded({ destroy: done, exists })).toBe('xa is out of reach');
});

it('tells of a guest that could not be ended', async () => {
  const destroy = () => Promise.reject(new Error('no permission'));
  const exists = () => Promise.resolve(false);
  expect(await proveEnded({ destroy, exists })).toBe('no permission');
});

import { expect, it } from 'vitest';
import { alone, Busy } from './alone.ts';

it('lets one act at a time on a folder, and says so to the others', async () => {
  const inner = () => alone('/a', () => Promise.resolve('inner'));
  await expect(alone('/a', inner)).rejects.toThrow('/a: expected a conversion that nobody is at');
  await expect(alone('/a', inner)).rejects.toBeInstanceOf(Busy);
  expect(await alone('/a', () => alone('/b', () => Promise.resolve('both')))).toBe('both');
  expect(await inner()).toBe('inner');
});

it('passes on what fails in it', async () => {
  await expect(alone('/a', () => Promise.reject(new Error('own')))).rejects.toThrow('own');
});

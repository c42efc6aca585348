import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { GuestFile } from './guest-files.ts';
import { TakeOvers } from './take-overs.ts';

const stop = new AbortController();
afterEach(() => stop.abort());

const file = (name: string) => ({ name }) as GuestFile;

it('goes on without a guest that does not answer, and tries again one that failed', async () => {
  const tries = new Map<string, number>();
  let answer: () => void = () => undefined;
  const takeOvers = new TakeOvers(async ({ name }) => {
    tries.set(name, (tries.get(name) ?? 0) + 1);
    if (name === 'hangs') await new Promise<void>((resolve) => (answer = resolve));
    if (name === 'fails' && tries.get(name) === 1) throw new Error('not now');
  }, stop.signal);
  await takeOvers.begin(['well', 'hangs', 'fails'].map(file));
  expect(() => takeOvers.expectOver('well')).not.toThrow();
  expect(() => takeOvers.expectOver('hangs')).toThrow('hangs does not answer');
  await takeOvers.of('fails');
  expect(tries.get('fails')).toBe(2);
  answer();
  await takeOvers.of('hangs');
  await sleep(0);
  expect(() => takeOvers.expectOver('hangs')).not.toThrow();
}, 30_000);

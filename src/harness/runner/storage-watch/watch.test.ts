import { expect, it } from 'vitest';
import { watchStorages } from './watch.ts';

it('looks again and again, and tells once of a storage that falls silent', async () => {
  let [good, bad] = [0, 0];
  const told: [number, string][] = [];
  const silent = new Promise<void>((resolve) => {
    const stop = watchStorages(
      [
        {
          beat: () => {
            good += 1;
            if (good > 5) void stop().then(resolve);
            return Promise.resolve(undefined);
          },
          settled: () => Promise.resolve(),
        },
        {
          beat: () => Promise.resolve(++bad > 2 ? 'has not answered for 20 s' : undefined),
          settled: () => Promise.resolve(),
        },
      ],
      (which, why) => told.push([which, why]),
      0.001,
    );
  });
  await keptAlive(silent);
  expect(told).toEqual([[1, 'has not answered for 20 s']]);
  expect(bad).toBe(3);
});

it('tells nothing once it is stopped, and waits for what is under way', async () => {
  const told: string[] = [];
  let answer: (why: string) => void = () => undefined;
  let waited = false;
  const begun = new Promise<() => Promise<void>>((resolve) => {
    const stop = watchStorages(
      [
        {
          beat: () =>
            new Promise((tell) => {
              answer = tell;
              resolve(stop);
            }),
          settled: () => Promise.resolve().then(() => void (waited = true)),
        },
      ],
      (_, why) => told.push(why),
      0.001,
    );
  });
  const stop = await keptAlive(begun);
  await stop();
  answer('has not answered for 20 s');
  await new Promise((resolve) => setImmediate(resolve));
  expect([told, waited]).toEqual([[], true]);
});

/** The watch itself keeps no process alive. */
async function keptAlive<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Workers } from './workers.ts';

const never = new AbortController().signal;

it('does each piece once, begun in order, each worker one at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.nat(3), { maxLength: 12 }),
      async (count, durations) => {
        const begun: number[] = [];
        const busy = new Set<number>();
        const names = Array.from({ length: count }, (_, worker) => worker);
        await Workers.during(names, never, async (workers) => {
          for (const [piece, duration] of durations.entries()) {
            await workers.begin(async (worker) => {
              expect(busy.has(worker)).toBe(false);
              busy.add(worker);
              begun.push(piece);
              await sleep(duration);
              busy.delete(worker);
              return 'stays';
            });
          }
          await workers.allDone();
          expect(busy.size).toBe(0);
        });
        expect(begun).toEqual(durations.map((_, piece) => piece));
      },
    ),
    { numRuns: 20 },
  );
});

it('does pieces at once where there are workers for them', async () => {
  let meet: () => void = () => undefined;
  const met = new Promise<void>((resolve) => (meet = resolve));
  await Workers.during(['a', 'b'], never, async (workers) => {
    await workers.begin(() => met.then(() => 'stays'));
    await workers.begin(() => (meet(), Promise.resolve('stays')));
    await workers.allDone();
  });
});

it('gives pieces only to workers who can do them, no more at once than allowed', async () => {
  const did: string[] = [];
  let busy = 0;
  await Workers.during(
    ['a', 'B', 'c'],
    never,
    async (workers) => {
      for (const kind of [/[A-Z]/, /[A-Z]/, /[a-z]/, /[a-z]/]) {
        const begun = await workers.begin(
          async (worker) => {
            expect(++busy).toBe(1);
            await sleep(2);
            busy--;
            did.push(worker);
            return 'stays';
          },
          (worker) => kind.test(worker),
        );
        expect(begun).toBe(true);
      }
      await workers.allDone();
    },
    1,
  );
  expect(did).toEqual(['B', 'B', 'a', 'c']);
});

it('begins nothing when those who can have left, while others stay', async () => {
  const can = (worker: string) => worker === 'B';
  await Workers.during(['a', 'B'], never, async (workers) => {
    expect(await workers.begin(() => sleep(5, 'leaves'), can)).toBe(true);
    expect(await workers.begin(() => Promise.reject(new Error('never')), can)).toBe(false);
    expect(await workers.oneFree()).toBe(true);
  });
});

it('begins nothing when all workers have left', async () => {
  await Workers.during(['a', 'b'], never, async (workers) => {
    expect(await workers.begin(() => Promise.resolve('leaves'))).toBe(true);
    expect(await workers.begin(() => sleep(5, 'leaves'))).toBe(true);
    expect(await workers.begin(() => Promise.reject(new Error('never')))).toBe(false);
  });
});

it('ends all work when one piece throws, and then tells', async () => {
  let ended = false;
  const during = Workers.during(['a', 'b'], never, async (workers) => {
    await workers.begin(async (_, signal) => {
      await sleep(60_000, undefined, { signal }).catch(() => undefined);
      ended = true;
      return 'stays';
    });
    await workers.begin(() => Promise.reject(new Error('no space')));
    await workers.oneFree();
  });
  await expect(during).rejects.toThrow('no space');
  expect(ended).toBe(true);
});

it('ends with the reason of the signal', async () => {
  const stop = new AbortController();
  const during = Workers.during(['a'], stop.signal, async (workers) => {
    await workers.begin((_, signal) => {
      stop.abort(new Error('interrupted'));
      return Promise.reject(signal.reason as Error);
    });
    await workers.begin(() => Promise.resolve('stays'));
  });
  await expect(during).rejects.toThrow('interrupted');
});

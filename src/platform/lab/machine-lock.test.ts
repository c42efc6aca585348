import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withMachineLock } from './machine-lock.ts';

const name = `virtgauge-test-${process.pid}`;

it('lets one after the other act, also after a failure', async () => {
  const order: string[] = [];
  const act = (who: string) =>
    withMachineLock(name, 10, async () => {
      order.push(`${who} begins`);
      await sleep(30);
      order.push(`${who} ends`);
      if (who === 'a') throw new Error('a failed');
      return who;
    });
  const [first, second] = await Promise.allSettled([act('a'), act('b')]);
  expect(first.status).toBe('rejected');
  expect(second).toEqual({ status: 'fulfilled', value: 'b' });
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

it('does not wait for ever', async () => {
  await withMachineLock(name, 1, async () => {
    await expect(withMachineLock(name, 0.05, () => Promise.resolve())).rejects.toThrow(
      `holds the socket @${name}`,
    );
  });
});

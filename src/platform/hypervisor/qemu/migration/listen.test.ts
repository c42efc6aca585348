import { expect, it } from 'vitest';
import { QmpError } from '../qmp.ts';
import { listenOnFreePort } from './listen.ts';

const inUse = () =>
  Promise.reject(
    new QmpError('migrate-incoming', 'GenericError', 'Failed to bind: Address already in use'),
  );
/** Goes through the whole range. */
function sweep(): () => number {
  let turn = 0;
  return () => (turn++ % 10) / 10;
}

it('takes another port while one is in use', async () => {
  const tried: number[] = [];
  const port = await listenOnFreePort((each) => {
    tried.push(each);
    return tried.length < 4 ? inUse() : Promise.resolve({});
  }, sweep());
  expect(tried).toHaveLength(4);
  expect(new Set(tried).size).toBe(4);
  expect(port).toBe(tried[3]);
  for (const each of [
    ...tried,
    await listenOnFreePort(
      () => Promise.resolve(),
      () => 0.999999,
    ),
  ]) {
    expect(each).toBeGreaterThan(60_999);
    expect(each).toBeLessThan(65_536);
  }
});

it('does not try for ever, and not after another error', async () => {
  await expect(listenOnFreePort(inUse, sweep())).rejects.toThrow('in use');
  let calls = 0;
  const refused = listenOnFreePort(() => {
    calls++;
    return Promise.reject(new QmpError('migrate-incoming', 'GenericError', 'no such address'));
  });
  await expect(refused).rejects.toThrow('no such address');
  expect(calls).toBe(1);
});

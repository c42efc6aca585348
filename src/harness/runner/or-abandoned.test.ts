import { expect, it } from 'vitest';
import { orAbandoned } from './or-abandoned.ts';

const never = new Promise<string>(() => undefined);

it('is what the work comes to, also after an abort', async () => {
  const stop = new AbortController();
  expect(await orAbandoned(Promise.resolve('made'), stop.signal, 60)).toBe('made');
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<string>((_, reject) => (fail = reject));
  const outcome = orAbandoned(work, stop.signal, 60);
  stop.abort(new Error('storage is silent'));
  fail(new Error('guest 0 was ended'));
  await expect(outcome).rejects.toThrow('guest 0 was ended');
});

it.each([true, false])(
  'does not wait for ever after an abort (aborted before: %s)',
  async (before) => {
    const stop = new AbortController();
    if (before) stop.abort(new Error('storage is silent'));
    const outcome = orAbandoned(never, stop.signal, 0.01);
    stop.abort(new Error('storage is silent'));
    await expect(outcome).rejects.toThrow('storage is silent');
  },
);

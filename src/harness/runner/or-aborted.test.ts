import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { orAborted } from './or-aborted.ts';

const never = new Promise<string>(() => undefined);

it('gives what the work gives', async () => {
  const { signal } = new AbortController();
  await expect(orAborted(Promise.resolve('done'), signal)).resolves.toBe('done');
  await expect(orAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
});

it('does not wait for work that hangs once the signal is aborted', async () => {
  const controller = new AbortController();
  const waiting = orAborted(never, controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(orAborted(never, controller.signal)).rejects.toThrow('enough');
});

it('leaves no listener behind', async () => {
  const { signal } = new AbortController();
  await orAborted(Promise.resolve(), signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

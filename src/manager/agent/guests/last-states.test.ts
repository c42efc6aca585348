import { expect, it } from 'vitest';
import type { GuestState } from '../../wire/messages/kinds.ts';
import { LastStates } from './last-states.ts';

it('tells of one that hangs what it did last, and asks it once only', async () => {
  let asked = 0;
  let answer: () => Promise<GuestState> = () => Promise.resolve('paused');
  const states = new LastStates(() => {
    asked++;
    return answer();
  });
  expect(await states.of('web')).toBe('paused');
  let end: (state: GuestState) => void = () => undefined;
  answer = () => new Promise((resolve) => (end = resolve));
  expect(await states.of('web')).toBe('paused');
  expect(await states.of('web')).toBe('paused');
  expect(await states.of('new')).toBe('running');
  expect(asked).toBe(3);
  end('stopped');
  expect(await states.of('new')).toBe('stopped');
});

it('passes on what cannot be found out', async () => {
  const states = new LastStates(() => Promise.reject(new Error('no such file')));
  await expect(states.of('web')).rejects.toThrow('no such file');
});

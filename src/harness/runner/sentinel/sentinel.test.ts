import { expect, it } from 'vitest';
import { Sentinel } from './sentinel.ts';

const never = new AbortController().signal;

/** A storage whose requests take as long as is said, and a clock that is set. */
function storage() {
  const state = { write: 0.001, now: 0, taken: 0, broken: false };
  const take = () => {
    state.taken += 1;
    if (state.broken) return Promise.reject(new Error('No space left on device'));
    return Promise.resolve({ write: state.write, read: 0.0001 });
  };
  const clock = { now: () => state.now, fromWall: () => 0 };
  return { state, sentinel: new Sentinel('shared', 'h1', take, clock) };
}

it('sees that others have come, and that they have gone', async () => {
  const { state, sentinel } = storage();
  const moved = async (write: number) => {
    state.write = write;
    return (await sentinel.after(never))?.moved;
  };
  expect(await moved(0.001)).toBeUndefined();
  expect(await moved(0.0031)).toBe('writes took 3.1 times as long as usual');
  // However long they stay, that is not what is usual.
  for (let trial = 0; trial < 20; trial++) expect(await moved(0.004)).toBeDefined();
  expect(await moved(0.0011)).toBeUndefined();
});

it('looks once between two trials that follow each other', async () => {
  const { state, sentinel } = storage();
  await sentinel.after(never);
  const { taken } = state;
  state.now = 1;
  expect(await sentinel.before(never)).toMatchObject({ at: 0, fresh: false });
  expect(state.taken).toBe(taken);
  state.now = 100;
  expect(await sentinel.before(never)).toMatchObject({ at: 100, fresh: true });
  expect(state.taken).toBe(taken + 1);
});

it('is given up where it cannot be, and says why', async () => {
  const { state, sentinel } = storage();
  state.broken = true;
  expect(await sentinel.before(never)).toBeUndefined();
  expect(sentinel.givenUp).toBe('No space left on device');
  state.broken = false;
  expect(await sentinel.after(never)).toBeUndefined();
  expect(state.taken).toBe(1);
});

it('is not given up because the run ends', async () => {
  const { state, sentinel } = storage();
  state.broken = true;
  expect(await sentinel.after(AbortSignal.abort())).toBeUndefined();
  expect(sentinel.givenUp).toBeUndefined();
});

import { expect, it, vi } from 'vitest';
import { Rest } from './rest.ts';

const hour = 3_600_000;

/** A rest of an hour that would be noticed. */
function resting() {
  const stop = new AbortController();
  const rest = new Rest(stop.signal);
  rest.gather();
  return { stop, rest };
}

it('lasts as long as it is asked to', async () => {
  vi.useFakeTimers();
  try {
    const { rest } = resting();
    const ended = vi.fn();
    void rest.take(1000).then(ended);
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

it('ends with news, with those too that came before it, until they are gathered', async () => {
  const { rest } = resting();
  const under = rest.take(hour);
  rest.wake();
  await under;
  await rest.take(hour);
  rest.gather();
  const again = rest.take(hour);
  rest.wake();
  await again;
});

it('ends, and does not begin again, once all is over', async () => {
  const { rest, stop } = resting();
  const under = rest.take(hour);
  stop.abort();
  await under;
  rest.gather();
  await rest.take(hour);
});

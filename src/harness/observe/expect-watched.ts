import type { Span } from './observer.ts';

/** Seconds: what is asked last is asked some time before watching is ended. */
const slack = 1;

/**
 * Where whoever watched has ended before, there is nothing to be seen of what came then: that would be
 * taken for no outage, or for a longer one.
 * @param who watched, for the message
 * @param window that has to be watched whole
 * @throws Error that says how much of it was not
 */
export function expectWatched(who: string, watched: Span, window: Span): void {
  const missed = window.to - watched.to;
  if (missed <= slack) return;
  throw new Error(`${who} ended ${missed.toFixed(1)} s too early: what came then was not seen`);
}

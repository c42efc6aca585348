/** What guests of limited rate were asked for together, and what they did. */
export interface Load {
  /** Requests a second. */
  offered: number;
  achieved: number;
  /** Seconds in which that was counted. */
  seconds: number;
  arrivals: 'poisson' | 'linear';
}

/**
 * Whether less than 95 % of the requests that came were done. Arrivals of a Poisson process vary by
 * the root of their number: what three standard deviations explain is no saturation.
 */
export function isSaturated({ offered, achieved, seconds, arrivals }: Load): boolean {
  const lacking = (offered - achieved) * seconds;
  const chance = arrivals === 'poisson' ? 3 * Math.sqrt(offered * seconds) : 0;
  return achieved < 0.95 * offered && lacking > chance;
}

/**
 * The share of time in which a stream has its request in flight (Little's law): also the share of
 * requests that are due while the previous one of their stream is in flight, since Poisson arrivals
 * see time averages.
 * @param streams of all guests together
 * @param achieved requests a second of all of them
 * @param latency mean, in seconds
 */
export function busyShare(streams: number, achieved: number, latency: number): number {
  return Math.min(1, (achieved * latency) / streams);
}

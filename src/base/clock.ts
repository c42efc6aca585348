import { wallOffset } from './wall-offset.ts';

/** Monotonic time, in seconds from an arbitrary origin. Never the wall clock. */
export interface Clock {
  now(): number;
  /** Maps a stamp of this machine's wall clock (seconds since 1970) onto `now()`. */
  fromWall(epochSeconds: number): number;
}

const offset = wallOffset(Date.now, () => performance.now());

/** The controller's monotonic clock. */
export const monotonicClock: Clock = {
  now: () => performance.now() / 1000,
  fromWall: (epochSeconds) => epochSeconds - offset() / 1000,
};

/** What each exit code of the command line means. */
export const exitCodes = {
  good: 0,
  /** Wrong usage, or it cannot start. */
  cannotStart: 1,
  /** Some trials failed. */
  someFailed: 2,
  /** A regression, or a claim that is refuted. */
  regression: 3,
  /** Too little was measured for an answer. */
  inconclusive: 4,
  /** SIGINT or SIGTERM, with everything torn down. */
  interrupted: 130,
  /** Nobody reads the output any more: that of a program that SIGPIPE ends. */
  closedOutput: 141,
} as const;

/** The five that see a migration, besides the load that it disturbs. */
export const observerNames = [
  'hypervisor-reported',
  'hypervisor-events',
  'network',
  'guest',
  'disk',
] as const;
export type ObserverName = (typeof observerNames)[number];

/** A stretch of time, in seconds on our clock. */
export interface Span {
  from: number;
  to: number;
}

/** What an observer recorded, after it has stopped. */
export interface Trace {
  /**
   * The stretches without a good sign that touch the window, cut to it and longer than `threshold`
   * seconds, in order of time: from the last good sign before to the first one after.
   */
  gaps(window: Span, threshold: number): Span[];
  /** The longest stretch without a good sign that touches the window, in seconds; 0 if none. */
  longest(window: Span): number;
  /** How finely it can tell, in seconds: the interval of its probes, or the error of its clock. */
  readonly resolution: number;
  /** Files to keep, as they were recorded. */
  readonly raw: readonly { name: string; content: string | Uint8Array }[];
}

/** An observer at work. */
export interface Watching {
  readonly name: ObserverName;
  /** Ends it and gives what it has recorded. */
  stop(): Promise<Trace>;
}

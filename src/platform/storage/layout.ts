/** Part of a striped file, up to an offset; in the words of Lustre's `lfs setstripe`. */
export interface LayoutComponent {
  /** Bytes at which the component ends. */
  end: number | 'eof';
  /** Targets over which it is striped. */
  stripeCount: number | 'all' | 'inherit';
  /** Bytes on one target before the next. */
  stripeSize: number | 'inherit';
  /** Pool of targets, or `inherit`. */
  pool: string;
}

/**
 * How a file is spread over storage targets: one component for a plain layout, several, in order and
 * the last to `eof`, for a progressive one (PFL). `inherit` leaves the directory's own default.
 */
export type Layout = readonly [LayoutComponent, ...LayoutComponent[]];

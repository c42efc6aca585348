/**
 * Labels with which a metric is recorded, and the values that each can have: `any` where only the
 * scenario or the run tells.
 */
export type MetricLabels = Readonly<
  Partial<Record<'job' | 'percentile' | 'phase' | 'observer', readonly string[] | 'any'>>
>;

/** Why ganeti's rules refuse a node, in the order in which equal counts are ranked. */
export const failModes = ['memory', 'disk', 'cpu', 'N+1', 'tags'] as const;
export type FailMode = (typeof failModes)[number];

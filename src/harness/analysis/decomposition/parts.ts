/** What a gain is taken apart into. */
export const partNames = [
  'copy-on-write',
  'storage',
  'interaction',
  'whole',
  'copy-on-write on base',
  'copy-on-write on other',
  'storage with copy',
  'storage with clone',
] as const;
export type PartName = (typeof partNames)[number];

/**
 * Weights of y = log(figure) of copy on base, clone on base, copy on other, clone on other. The two main
 * effects, each the mean of its simple effects, sum to the whole; the interaction is what the effect of
 * copy-on-write differs by from storage to storage, and the same the other way round.
 */
export const partWeights: Readonly<Record<PartName, readonly [number, number, number, number]>> = {
  'copy-on-write': [-0.5, 0.5, -0.5, 0.5],
  storage: [-0.5, -0.5, 0.5, 0.5],
  interaction: [1, -1, -1, 1],
  whole: [-1, 0, 0, 1],
  'copy-on-write on base': [-1, 1, 0, 0],
  'copy-on-write on other': [0, 0, -1, 1],
  'storage with copy': [-1, 0, 1, 0],
  'storage with clone': [0, -1, 0, 1],
};

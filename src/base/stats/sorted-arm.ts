/** The values of one arm in ascending order, and the block that each comes from. */
export interface SortedArm {
  values: Float64Array;
  blocks: Uint32Array;
}

/** @param unsorted one value a block */
export function sortedArm(unsorted: Float64Array): SortedArm {
  const at = (index: number) => unsorted[index] as number;
  // Infinity − Infinity is NaN, which a sort takes as equal.
  const blocks = Uint32Array.from(unsorted.keys()).sort((a, b) => at(a) - at(b));
  return { values: Float64Array.from(blocks, at), blocks };
}

/** The values of one arm in ascending order, and the block that each comes from. */
export interface SortedArm {
  values: Float64Array;
  blocks: Uint32Array;
}

/** @param unsorted one value a block */
export function sortedArm(unsorted: Float64Array): SortedArm {
  const at = (index: number) => unsorted[index] as number;
  // Infinity − Infinity is NaN, which a sort takes as equal.
  const blocks = new Uint32Array(unsorted.length);
  for (let index = 0; index < blocks.length; index++) blocks[index] = index;
  blocks.sort((a, b) => at(a) - at(b));
  return { values: unsorted.map((_, rank) => at(blocks[rank] as number)), blocks };
}

import { byId } from './by-id.ts';
import type { SharingPolicy } from '../model.ts';

/**
 * As MA2SCF (Chen and Xiao 2006) is read here; only its abstract is public. Donors by what they can
 * spare, then by the share of their capacity that this is, then by name: so one donor where one
 * suffices, else the fewest that do.
 */
export const ma2scfReconstructed: SharingPolicy = (_deficit, donors) =>
  [...donors].sort(
    (a, b) => b.spare - a.spare || b.spare / b.capacity - a.spare / a.capacity || byId(a, b),
  );

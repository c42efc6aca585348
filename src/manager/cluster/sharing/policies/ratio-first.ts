import { byId } from './by-id.ts';
import type { SharingPolicy } from '../model.ts';

/**
 * The other reading of MA2SCF: donors by the share of their capacity that they can spare. A small
 * idle service lends before a large one that is half used.
 */
export const ratioFirst: SharingPolicy = (_deficit, donors) =>
  [...donors].sort(
    (a, b) => b.spare / b.capacity - a.spare / a.capacity || b.spare - a.spare || byId(a, b),
  );

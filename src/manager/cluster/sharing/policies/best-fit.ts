import { byId } from './by-id.ts';
import type { Donor, SharingPolicy } from '../model.ts';

/**
 * The donor whose spare capacity is the least that suffices; where none suffices the largest gives
 * all, and so on with the rest.
 */
export const bestFit: SharingPolicy = (deficit, donors) => {
  const largestFirst = [...donors].sort((a, b) => b.spare - a.spare || byId(b, a));
  const order: Donor[] = [];
  let left = deficit;
  for (const [index, donor] of largestFirst.entries()) {
    if (donor.spare >= left) {
      const sufficing = largestFirst.slice(index).findLast(({ spare }) => spare >= left);
      return [...order, sufficing ?? donor];
    }
    order.push(donor);
    left -= donor.spare;
  }
  return order;
};

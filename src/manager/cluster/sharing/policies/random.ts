import type { SharingPolicy } from '../model.ts';

/** Donors in random order. */
export const randomOrder: SharingPolicy = (_deficit, donors, random) => random.shuffle(donors);

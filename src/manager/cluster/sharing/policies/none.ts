import type { SharingPolicy } from '../model.ts';

/** Nobody lends: what sharing is compared with. */
export const none: SharingPolicy = () => [];

/**
 * How QEMU caches a machine's disk (its `-drive cache=`). With `unsafe`, the fastest, nothing that a
 * machine has synced is sure to be there after its process was killed; with the others it is.
 */
export const diskCaches = ['unsafe', 'writeback', 'none'] as const;
export type DiskCache = (typeof diskCaches)[number];

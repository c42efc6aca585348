import type { FactorName, Levels } from '../scenario/levels.ts';

/** Levels that make another machine, or another disk, of a guest that is saved. */
const shaping = [
  ...(['hypervisor', 'accelerator', 'emulator', 'machine', 'cpu', 'vcpus', 'memory'] as const),
  ...(['hugepages', 'format', 'cache', 'aio', 'iothread', 'queues'] as const),
  ...(['network', 'templateData'] as const),
] satisfies readonly FactorName[];

/** The levels on which a saved state depends. */
export type SavedLevels = Pick<Levels, (typeof shaping)[number]>;

/**
 * Tells the kinds of guests apart that are saved on a host from what lies in one bed: a guest of
 * another kind could not load the state.
 */
export function savedKind(levels: SavedLevels): string {
  return JSON.stringify(shaping.map((name) => levels[name]));
}

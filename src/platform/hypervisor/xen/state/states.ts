import type { StateBackend } from '../../saved-state.ts';
import { loadState } from './load.ts';
import { saveState } from './save.ts';

/** States as xl writes them. */
export const xenStates: Omit<StateBackend, 'launch'> = {
  describe: ({ xen = 'unknown' }) => `a stream by xl save (Xen ${xen})`,
  save: saveState,
  load: loadState,
};

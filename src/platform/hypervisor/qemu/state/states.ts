import type { StateBackend } from '../../saved-state.ts';
import { describeForm } from './form.ts';
import { loadState } from './load.ts';
import { saveState } from './save.ts';

/** States as QEMU writes them when it migrates to a file. */
export const qemuStates: Omit<StateBackend, 'launch'> = {
  describe: ({ qemu = 'unknown' }) => describeForm(qemu),
  save: saveState,
  load: loadState,
};

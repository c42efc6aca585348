import type { Guest } from '../../hypervisor.ts';
import type { SavedState } from '../../saved-state.ts';
import { holderOf, type StateHolder } from './holder.ts';
import { outcomeOf } from './outcome.ts';
import { applyForm } from './settings.ts';
import { loadUri } from './uri.ts';

/**
 * Loads a state into a QEMU that waits for one.
 * @throws Error with QEMU's own words; it may have ended then
 */
export function loadState(guest: Guest, state: SavedState, signal: AbortSignal): Promise<void> {
  return readState(holderOf(guest), state, signal);
}

/** The same for a QEMU that runs something else than a guest. */
export async function readState(
  holder: StateHolder,
  { path, form }: SavedState,
  signal: AbortSignal,
): Promise<void> {
  const { qmp } = holder;
  const uri = loadUri(form, path);
  await applyForm(qmp, form);
  const begin = () => qmp.execute('migrate-incoming', { uri });
  const outcome = await outcomeOf(holder, signal, begin, 5);
  if ('ended' in outcome && outcome.ended === 'completed') return;
  const why =
    'gone' in outcome
      ? outcome.gone
      : ((await qmp.execute('query-migrate', {}))['error-desc'] ?? 'QEMU says no more');
  throw new Error(`did not load its saved state ${path}: ${why}`);
}

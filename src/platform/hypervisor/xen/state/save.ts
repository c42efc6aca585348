import type { Guest } from '../../hypervisor.ts';
import type { SavedState } from '../../saved-state.ts';
import { xenGuest } from '../guest.ts';
import { xl, xlWords } from '../xl.ts';

/** Seconds for writing a state. */
const saveLimit = 600;

/**
 * Writes the state of a guest, which ends with that: its disk is as it was at that moment.
 * @throws Error in xl's own words; the file may be there
 */
export async function saveState(
  guest: Guest,
  path: string,
  signal: AbortSignal,
): Promise<SavedState> {
  const id = xenGuest(guest).expectId();
  const { shell } = guest.host;
  try {
    await xl(shell, ['save', String(id), path], { timeout: saveLimit, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new Error(`its state was not saved to ${path}: ${xlWords(cause)}`, { cause });
  }
  await shell.run(['sync', path], { signal });
  const { stdout } = await shell.run(['stat', '-c', '%s', path]);
  return { path, form: 'stream', machineType: guest.spec.accelerator, bytes: Number(stdout) };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../../remote/shell.ts';
import type { Guest } from '../../hypervisor.ts';
import type { SavedState, StateForm } from '../../saved-state.ts';
import { versionedMachine } from '../machine-type.ts';
import type { Qmp } from '../qmp.ts';
import { stateForm } from './form.ts';
import { holderOf, type StateHolder } from './holder.ts';
import { outcomeOf } from './outcome.ts';
import { applyForm } from './settings.ts';
import { saveUri, writerPaths } from './uri.ts';

/** Seconds until a program of which QEMU has closed the input has ended. */
const writerPatience = 60;

/**
 * Holds the CPUs and writes the state.
 * @throws Error that says what QEMU, or the program that writes for it, said; the file may be there
 */
export async function saveState(
  guest: Guest,
  path: string,
  signal: AbortSignal,
): Promise<SavedState> {
  await guest.pause();
  return writeState(holderOf(guest), path, signal);
}

/** The same for a QEMU that runs something else than a guest; its CPUs are held already. */
export async function writeState(
  holder: StateHolder,
  path: string,
  signal: AbortSignal,
): Promise<SavedState> {
  const { shell, qmp, directory } = holder;
  const form = await formOf(qmp);
  await applyForm(qmp, form);
  const uri = saveUri(form, path, directory);
  // What an earlier writer left would be taken for this one's.
  await shell.run(['rm', '-f', '--', ...Object.values(writerPaths(directory))]);
  const outcome = await outcomeOf(holder, signal, () => qmp.execute('migrate', { uri }), 0.2);
  const ended = 'ended' in outcome ? outcome.ended : undefined;
  const written = form === 'piped stream' ? await writerEnded(holder) : undefined;
  if (ended !== 'completed' || written !== undefined) {
    const said =
      'gone' in outcome ? outcome.gone : (await qmp.execute('query-migrate', {}))['error-desc'];
    const words = [written, said].filter((text) => text !== undefined && text !== '');
    throw new Error(
      `its state was not saved to ${path}: ${words.join('; ') || 'QEMU says no more'}`,
    );
  }
  await shell.run(['sync', path], { signal });
  const { stdout } = await shell.run(['stat', '-c', '%s', path]);
  return { path, form, machineType: await versionedMachine(qmp), bytes: Number(stdout) };
}

async function formOf(qmp: Qmp): Promise<StateForm> {
  const { major, minor } = (await qmp.execute('query-version', {})).qemu;
  const form = stateForm(`${major}.${minor}`);
  if (form !== 'mapped') return form;
  const present = await qmp.execute('query-migrate-capabilities', {});
  return present.some(({ capability }) => capability === 'mapped-ram') ? 'mapped' : 'stream';
}

/** What the program said that wrote the file; undefined if it wrote all. */
async function writerEnded({ shell, directory }: StateHolder): Promise<string | undefined> {
  const { code, errors } = writerPaths(directory);
  const deadline = performance.now() + writerPatience * 1000;
  for (;;) {
    const text = await shell.readFile(code).catch(() => Buffer.alloc(0));
    if (text.toString() === '0\n') return undefined;
    if (text.length > 1) break;
    if (performance.now() > deadline) return `its writer did not end within ${writerPatience} s`;
    await sleep(10);
  }
  try {
    return (await shell.readFile(errors)).toString().trim();
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
}

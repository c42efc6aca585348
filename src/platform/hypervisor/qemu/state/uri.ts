import { posix } from 'node:path';
import type { StateForm } from '../../saved-state.ts';

/** Where the program that writes a piped stream says how it ended, in the guest's directory. */
export function writerPaths(directory: string) {
  return {
    code: posix.join(directory, 'state-writer.code'),
    errors: posix.join(directory, 'state-writer.errors'),
  };
}

/** QEMU's address for writing a state. QEMU does not tell how a program ended: the shell does. */
export function saveUri(form: StateForm, path: string, directory: string): string {
  if (form !== 'piped stream') return `file:${path}`;
  const { code, errors } = writerPaths(directory);
  return `exec:exec 2> ${quote(errors)}; cat > ${quote(path)}; echo $? > ${quote(code)}`;
}

/** QEMU's address for reading it. */
export function loadUri(form: StateForm, path: string): string {
  return form === 'piped stream' ? `exec:exec cat < ${quote(path)}` : `file:${path}`;
}

/** As one word of a shell's line. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

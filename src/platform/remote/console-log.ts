import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const lines = 12;
const mostBytes = 16 * 1024;

/**
 * The last lines of what a machine's console has said, without its control sequences; empty where
 * it has said nothing.
 * @param path of the file that QEMU writes it to
 */
export function consoleEnd(path: string, count = lines): string {
  return plainLines(tail(path)).slice(-count).join('\n');
}

/** The lines in which a kernel or a hypervisor says that it has panicked; undefined if none does. */
export function panicIn(text: string): string | undefined {
  const all = plainLines(text);
  const at = all.findIndex((line) => /Kernel panic - not syncing|Panic on CPU \d/.test(line));
  return at < 0 ? undefined : all.slice(at, at + 3).join('\n');
}

/** A panic in the end of what a machine's console has said. */
export function panicOf(path: string): string | undefined {
  return panicIn(tail(path));
}

/**
 * What a host's console says of its end, in one line for a message that it is lost; empty where there
 * is nothing.
 */
export function lastWords(path: string | undefined): string {
  if (path === undefined) return '';
  const said = panicOf(path) ?? consoleEnd(path, 3);
  return said === '' ? '' : `; the end of its console: ${said.replaceAll('\n', ' | ')}`;
}

function plainLines(text: string): string[] {
  return (
    text
      // A terminal's sequences, and what moves its cursor.
      .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1bc|[\x00-\x08\x0b-\x1f\x7f]/g, '')
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
  );
}

/** The end of a file that grows; empty if there is none. */
function tail(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('latin1', 0, length);
  } finally {
    closeSync(file);
  }
}

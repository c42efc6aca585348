import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { formatBytes } from '../units.ts';
import { escapeControls, withArticle } from './printable.ts';
import type { Source } from './tree.ts';

/** Bytes: a hundred times what anybody writes by hand, and still read within a second or two at worst. */
const largestByHand = 256 * 2 ** 10;

/** Gives the bytes of a file; throws rather than take more than `limit` of them. */
export type Read = (path: string, limit: number) => Uint8Array;

/** What a file should be, for messages. */
export interface Wanted {
  /** `scenario`, `inventory` */
  noun: string;
  /** What to do where there is no such file. */
  missing: string;
  /** Bytes, where programs write such files; else what somebody may write by hand. */
  largest?: number;
}

/**
 * Reads a file as text.
 * @throws UserError if it is missing, not readable, a directory, too large or not text
 */
export function readSource(path: string, wanted: Wanted, read: Read = readFile): Source {
  const where = escapeControls(path);
  let bytes: Uint8Array;
  try {
    bytes = read(path, wanted.largest ?? largestByHand);
  } catch (error) {
    throw new UserError({ where, ...reasonOf(error, wanted) }, { cause: error });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError({ where, message: 'expected a text in UTF-8, got other bytes' });
  }
  if (text.includes('\0')) {
    throw new UserError({ where, message: 'expected a text, got a binary file' });
  }
  return { name: path, text, noun: wanted.noun, lines: true };
}

class TooLarge extends Error {}

/** Also reads what has no size beforehand, such as `<(program)` of a shell. */
function readFile(path: string, limit: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > limit) throw new TooLarge(`${size} bytes`);
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(chunks);
      total += count;
      if (total > limit) throw new TooLarge('more');
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

function reasonOf(
  error: unknown,
  { noun, missing, largest = largestByHand }: Wanted,
): { message: string; remedy?: string } {
  const a = withArticle(noun);
  if (error instanceof TooLarge) {
    return {
      message: `expected ${a} of at most ${formatBytes(largest)} (${largest} bytes), got ${error.message}`,
      remedy: 'is it the right file?',
    };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        message: `expected ${a} file, got nothing: it does not exist`,
        remedy: missing,
      };
    case 'EISDIR':
      return {
        message: `expected ${a} file, got a directory`,
        remedy: 'name one of the files in it',
      };
    case 'EACCES':
    case 'EPERM':
      return { message: 'expected a readable file, got no permission to read it' };
    default:
      return { message: `cannot be read: ${escapeControls(message)}` };
  }
}

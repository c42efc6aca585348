import { crc32 } from 'node:zlib';
import { UserError } from '../../base/errors.ts';

/** One line of a state log. */
export interface Line<Entry> {
  /** From 1 on, each one more than the one before. */
  readonly number: number;
  readonly entry: Entry;
}

/** `<CRC-32 of the rest> <JSON>`, so that half a line is told from a whole one. */
export function formatLine(line: Line<unknown>): string {
  const json = JSON.stringify(line);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/** Undefined if it is not as `formatLine` has written it. */
export function parseLine<Entry>(text: string): Line<Entry> | undefined {
  const [, sum, json = ''] = /^([0-9a-f]{8}) (.*)$/s.exec(text) ?? [];
  if (sum === undefined || crc32(json) !== parseInt(sum, 16)) return undefined;
  return JSON.parse(json) as Line<Entry>;
}

export interface Lines<Entry> {
  readonly lines: Line<Entry>[];
  /** Bytes of them; what is behind was being written when the power failed. */
  readonly size: number;
}

/**
 * The lines of a log, up to the last whole one.
 * @throws UserError if a whole line stands behind a broken one: that is no crash, that is damage
 */
export function readLines<Entry>(path: string, bytes: Buffer): Lines<Entry> {
  const lines: Line<Entry>[] = [];
  let [size, broken] = [0, false];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    const line = end < 0 ? undefined : parseLine<Entry>(bytes.toString('utf8', at, end));
    if (line !== undefined && broken) throw damaged(path, lines.length + 1);
    if (line === undefined) broken = true;
    else lines.push(line);
    at = end < 0 ? bytes.length : end + 1;
    if (!broken) size = at;
  }
  return { lines, size };
}

function damaged(path: string, line: number): UserError {
  return new UserError({
    where: `${path}:${line}`,
    message: 'this line of the state log is damaged, and there are whole ones behind it',
    remedy: 'Find out what has written there, and restore the file from a copy.',
  });
}

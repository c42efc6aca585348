import { readFileSync } from 'node:fs';

/**
 * When a process started, in clock ticks since boot (field 22 of `/proc/PID/stat`), and its name.
 * Undefined if no such process lives; a zombie has released everything and counts as gone.
 */
export function livingProcess(pid: number): { start: string; name: string } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  return parseStat(stat);
}

/** Parses `/proc/PID/stat`; the name is in parentheses and may itself hold spaces and parentheses. */
export function parseStat(stat: string): { start: string; name: string } | undefined {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  if (open === -1 || close === -1) return undefined;
  // What follows the name begins with field 3, the state.
  const fields = stat.slice(close + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  if (start === undefined || state === 'Z' || state === 'X') return undefined;
  return { start, name: stat.slice(open + 1, close) };
}

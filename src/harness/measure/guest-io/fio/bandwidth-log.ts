/** One entry of fio's bandwidth log. */
export interface LogEntry {
  /** End of the entry's interval, in seconds on the clock that fio used. */
  at: number;
  /** Bytes a second, averaged over the interval. */
  bandwidth: number;
  direction: 'read' | 'write';
}

/**
 * Reads fio's `_bw` log: time in ms, bandwidth in KiB/s, direction (0 read, 1 write, 2 trim), …
 * @throws Error with the number of the line that is not as expected
 */
export function parseBandwidthLog(text: string): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const fields = /^\s*(\d+),\s*(\d+),\s*([012])(?:,|\s*$)/.exec(line);
    if (fields === null) {
      throw new Error(`line ${index + 1} of fio's bandwidth log is no entry: "${line}"`);
    }
    const [time = 0, bandwidth = 0, direction] = fields.slice(1).map(Number);
    if (direction === 2) continue;
    entries.push({
      at: time / 1000,
      bandwidth: bandwidth * 1024,
      direction: direction === 0 ? 'read' : 'write',
    });
  }
  return entries;
}

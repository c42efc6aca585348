/** Counts up in place. */
export type Tally = Map<string, number>;

const sample = /^(\w+)\s+(\d+)\s+samples\s+\[(\w+)\](?:\s+(\d+)\s+(\d+)\s+(\d+))?/;

/**
 * Adds Lustre's `stats`, of one or several devices: `read_bytes 128 samples [bytes] 8 2097152 134767760`.
 * Bytes become `<prefix>.read_bytes` and `<prefix>.read_bytes.count`; times `<prefix>.open.seconds` and
 * `<prefix>.open.count`; the rest `<prefix>.ioctl.count`. Older versions print the same with fewer
 * columns or `[regs]` for `[reqs]`.
 */
export function addStats(tally: Tally, prefix: string, text: string): void {
  for (const line of text.split('\n')) {
    const [, name, count, unit, , , sum] = sample.exec(line) ?? [];
    if (name === undefined) continue;
    add(tally, `${prefix}.${name}.count`, Number(count));
    if (sum === undefined) continue;
    if (unit === 'bytes') add(tally, `${prefix}.${name}`, Number(sum));
    if (unit === 'usec' || unit === 'usecs') {
      add(tally, `${prefix}.${name}.seconds`, Number(sum) / 1e6);
    }
  }
}

/**
 * Adds the sizes of requests to data servers of `rpc_stats` (or of a server's `brw_stats`):
 * `<prefix>.read_rpcs`, `<prefix>.write_rpcs` and, by pages and of both, `<prefix>.rpc_pages_256`.
 */
export function addRpcSizes(tally: Tally, prefix: string, text: string): void {
  let inside = false;
  for (const line of text.split('\n')) {
    if (/^pages per (rpc|bulk r\/w)\s/.test(line)) inside = true;
    else if (line.trim() === '') inside = false;
    const [, pages = '', kilo, read, write] =
      /^(\d+)(K?):\s+(\d+)\s+\d+\s+\d+\s+\|\s+(\d+)\s/.exec(line) ?? [];
    if (!inside || pages === '') continue;
    const size = Number(pages) * (kilo === 'K' ? 1024 : 1);
    add(tally, `${prefix}.read_rpcs`, Number(read));
    add(tally, `${prefix}.write_rpcs`, Number(write));
    add(tally, `${prefix}.rpc_pages_${size}`, Number(read) + Number(write));
  }
}

/** Adds how often servers did not answer in time, of `import`: `<prefix>.timeouts`. */
export function addTimeouts(tally: Tally, prefix: string, text: string): void {
  for (const [, count] of text.matchAll(/^\s+timeouts:\s+(\d+)\s*$/gm)) {
    add(tally, `${prefix}.timeouts`, Number(count));
  }
}

/** Seconds that servers take to answer, on average over the devices of `import`. */
export function meanWait(text: string): number | undefined {
  const waits = [...text.matchAll(/^\s+avg_waittime:\s+(\d+)\s+usecs?\s*$/gm)].map(([, wait]) =>
    Number(wait),
  );
  if (waits.length === 0) return undefined;
  return waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 1e6;
}

function add(tally: Tally, name: string, value: number): void {
  tally.set(name, (tally.get(name) ?? 0) + value);
}

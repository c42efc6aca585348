/** What `xl info` says of a host. */
export interface XenInfo {
  /** Such as `4.17.7`. */
  version: string;
  scheduler: string;
  /** What kinds of guests the processor allows: `pv`, `hvm`, `hap`, …; undefined where not told. */
  capabilities: readonly string[] | undefined;
  /** Bytes that no domain has. */
  freeMemory: number | undefined;
}

/** Reads what `xl info` prints; what a version does not tell is missing. */
export function parseInfo(text: string): XenInfo {
  const fields = new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const match = /^(\w+)\s*:\s?(.*)$/.exec(line);
      return match ? [[match[1] ?? '', (match[2] ?? '').trim()]] : [];
    }),
  );
  const [major, minor, extra = ''] = ['major', 'minor', 'extra'].map((part) =>
    fields.get(`xen_${part}`),
  );
  const parts =
    major === undefined || minor === undefined ? 'unknown' : `${major}.${minor}${extra}`;
  const free = fields.get('free_memory');
  return {
    version: fields.get('xen_version') ?? parts,
    scheduler: fields.get('xen_scheduler') ?? 'unknown',
    // Before 4.13 these did not tell how Xen pages for guests (hap, shadow).
    capabilities: fields.get('virt_caps')?.split(/\s+/).filter(Boolean),
    freeMemory: free === undefined ? undefined : Number(free) * 2 ** 20,
  };
}

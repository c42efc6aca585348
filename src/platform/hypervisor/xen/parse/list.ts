/** Why a domain has shut down, by the letter with which xl says so (tools/xl, list_domains). */
const reasons = {
  '-': 'powered off',
  r: 'rebooted',
  s: 'suspended',
  c: 'crashed',
  w: 'watchdog',
  S: 'soft reset',
} as const;

/** A line of `xl list` or `xl list -v`. */
export interface DomainLine {
  name: string;
  id: number;
  /** Bytes. */
  memory: number;
  vcpus: number;
  state: 'running' | 'paused' | 'shut down' | 'dying';
  /** Of one that has shut down. */
  reason?: (typeof reasons)[keyof typeof reasons] | undefined;
}

/**
 * Reads the table of `xl list`, with or without `-v`, as Xen 4.11 to 4.20 print it. Lines that are none
 * of a domain are passed over.
 */
export function parseList(text: string): DomainLine[] {
  const pattern = /^(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+([r-][b-][p-][s-][rscwS-][d-])\s+[\d.]+/;
  return text.split('\n').flatMap((line) => {
    const match = pattern.exec(line);
    if (match === null) return [];
    const [, name = '', id, memory, vcpus, flags = ''] = match;
    const state = stateOf(flags);
    const letter = flags.charAt(4) as keyof typeof reasons;
    return [
      {
        ...{ name, id: Number(id), memory: Number(memory) * 2 ** 20, vcpus: Number(vcpus), state },
        ...(state === 'shut down' && { reason: reasons[letter] }),
      },
    ];
  });
}

/** @param flags such as `-b----`: running, blocked, paused, shut down, why, dying */
function stateOf(flags: string): DomainLine['state'] {
  if (flags.charAt(5) === 'd') return 'dying';
  if (flags.charAt(3) === 's') return 'shut down';
  return flags.charAt(2) === 'p' ? 'paused' : 'running';
}

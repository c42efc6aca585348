/** Why a domain has shut down, as Xen numbers it (xen/include/public/sched.h). */
const reasons = [
  'powered off',
  'rebooted',
  'suspended',
  'crashed',
  'watchdog',
  'soft reset',
] as const;

/** A line of `xl list` or `xl list -v`. */
export interface DomainLine {
  name: string;
  id: number;
  /** Bytes. */
  memory: number;
  vcpus: number;
  state: 'running' | 'paused' | 'shut down' | 'dying';
  /** Of one that has shut down, where it is told. */
  reason?: (typeof reasons)[number] | undefined;
}

/**
 * Reads the table of `xl list`, with or without `-v`, as Xen 4.11 to 4.20 print it. Lines that are none
 * of a domain are passed over.
 */
export function parseList(text: string): DomainLine[] {
  const pattern =
    /^(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+([rbpscd-]{6})\s+[\d.]+(?:\s+[0-9a-f-]{36}\s+(-|[0-9a-f]+))?/;
  return text.split('\n').flatMap((line) => {
    const match = pattern.exec(line);
    if (match === null) return [];
    const [, name = '', id, memory, vcpus, flags = '', reason] = match;
    const code = reason === undefined || reason === '-' ? undefined : Number.parseInt(reason, 16);
    return [
      {
        ...{ name, id: Number(id), memory: Number(memory) * 2 ** 20, vcpus: Number(vcpus) },
        state: stateOf(flags),
        ...(stateOf(flags) === 'shut down' && {
          reason:
            code === undefined ? (flags.includes('c') ? 'crashed' : undefined) : reasons[code],
        }),
      },
    ];
  });
}

/** @param flags such as `-b----`: running, blocked, paused, shut down, crashed, dying */
function stateOf(flags: string): DomainLine['state'] {
  if (flags.includes('d')) return 'dying';
  if (/[sc]/.test(flags)) return 'shut down';
  return flags.includes('p') ? 'paused' : 'running';
}

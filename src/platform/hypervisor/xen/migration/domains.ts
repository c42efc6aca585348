import type { Shell } from '../../../remote/shell.ts';
import { CommandError } from '../../../remote/shell.ts';

/** A domain, as `xl list` shows it. */
export interface Domain {
  name: string;
  id: number;
  /** `suspended`: it shut itself down to be moved or saved. */
  state: 'running' | 'paused' | 'suspended' | 'crashed' | 'dying';
}

/** Reads what `xl list` prints; lines that are none of a domain are passed over. */
export function parseDomains(text: string): Domain[] {
  return text.split('\n').flatMap((line) => {
    const found = /^(\S+)\s+(\d+)\s+\d+\s+\d+\s+([a-z-]{6})\s+[\d.]+\s*$/.exec(line);
    const [, name = '', id = '', flags = ''] = found ?? [];
    return found === null ? [] : [{ name, id: Number(id), state: stateOf(flags) }];
  });
}

/** Of `rbpscd`, one column each: running, blocked, paused, shut down, crashed, dying. */
function stateOf(flags: string): Domain['state'] {
  if (flags.includes('d')) return 'dying';
  if (flags.includes('c')) return 'crashed';
  if (flags.includes('s')) return 'suspended';
  if (flags.includes('p')) return 'paused';
  return 'running';
}

/** What a host has of a guest; `unknown` where it does not answer. */
export type End =
  { state: 'known'; domains: readonly Domain[] } | { state: 'unknown'; why: string };

/** How the toolstack calls a domain while it comes in, and when it has gone. */
export const incoming = (name: string) => `${name}--incoming`;
export const migratedAway = (name: string) => `${name}--migratedaway`;

/** All that a host has under the names that a guest has while it moves. Never rejects. */
export async function domainsOf(shell: Shell, name: string, timeout: number): Promise<End> {
  try {
    const { stdout } = await shell.run(['xl', 'list'], { timeout });
    const names = [name, incoming(name), migratedAway(name)];
    return {
      state: 'known',
      domains: parseDomains(stdout).filter((one) => names.includes(one.name)),
    };
  } catch (error) {
    return { state: 'unknown', why: words(error) };
  }
}

/** For people: `running`, `suspended as x--migratedaway`, `not there`. */
export function describeEnd(end: End, name: string): string {
  if (end.state === 'unknown') return `not known (${end.why})`;
  const each = end.domains.map((one) =>
    one.name === name ? one.state : `${one.state} as ${one.name}`,
  );
  return each.length === 0 ? 'not there' : each.join(' and ');
}

/** What a command said of its failure. */
export function words(error: unknown): string {
  if (!(error instanceof CommandError)) return (error as Error).message;
  const last = error.stderr.trim().split('\n').at(-1) ?? '';
  return last === '' ? error.message : last;
}

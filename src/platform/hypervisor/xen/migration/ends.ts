import type { Shell } from '../../../remote/shell.ts';
import { parseList, type DomainLine } from '../parse/list.ts';
import { xl, xlWords } from '../xl.ts';

/** How the toolstack calls a domain while it comes in, and when it has gone. */
export const incoming = (name: string) => `${name}--incoming`;
export const migratedAway = (name: string) => `${name}--migratedaway`;

/** What a host has of a guest, under all the names that it has while it moves. */
export type End = { known: true; domains: readonly DomainLine[] } | { known: false; why: string };

/** Asks a host, for a bounded time. Never rejects. */
export async function endOn(shell: Shell, name: string, timeout: number): Promise<End> {
  try {
    const all = parseList(await xl(shell, ['list', '-v'], { timeout }));
    return { known: true, domains: endOf(all, name) };
  } catch (error) {
    return { known: false, why: xlWords(error) };
  }
}

/** Of all domains those that are this guest. */
export function endOf(domains: readonly DomainLine[], name: string): DomainLine[] {
  const names = [name, incoming(name), migratedAway(name)];
  return domains.filter((one) => names.includes(one.name));
}

/** For people: `running`, `shut down (suspended) as x--migratedaway`, `not there`. */
export function describeEnd(end: End, name: string): string {
  if (!end.known) return `not known (${end.why})`;
  const each = end.domains.map((one) => {
    const reason = one.reason === undefined ? '' : ` (${one.reason})`;
    return `${one.state}${reason}${one.name === name ? '' : ` as ${one.name}`}`;
  });
  return each.length === 0 ? 'not there' : each.join(' and ');
}

import { UserError, type Problem } from '../../../base/errors.ts';
import type { ClusterDescription, GuestDescription } from './description.ts';
import { largestAmount, resources, type Amounts } from './resources.ts';

/** Where a part of a description stands in a file, as `file:line`; undefined: nowhere. */
export type Origin = (
  part: 'host' | 'guest' | 'service' | 'rules',
  index: number,
) => string | undefined;

/**
 * Refuses what cannot be a cluster: amounts that are none, names given twice or not at all, guests that
 * have to be together and apart, guests that wait for one another.
 * @param origin for the messages, where the description was read from a file
 * @throws UserError with every problem
 */
export function checkCluster(cluster: ClusterDescription, origin: Origin = () => undefined) {
  const problems: Problem[] = [];
  const tell = (...[part, index, message]: [...Parameters<Origin>, string]) => {
    const where = origin(part, index);
    problems.push(where === undefined ? { message } : { message, where });
  };
  const hosts = unique(cluster.hosts, (index, message) => tell('host', index, message), 'host');
  const guests = unique(cluster.guests, (index, message) => tell('guest', index, message), 'guest');
  for (const [index, host] of cluster.hosts.entries()) {
    const say = (message: string) => tell('host', index, `host "${host.name}": ${message}`);
    amountProblems('capacity', host.capacity, say);
    amountProblems('reserved', host.reserved ?? {}, say);
    for (const resource of resources) {
      const reserved = host.reserved?.[resource] ?? 0;
      const has = host.capacity[resource];
      if (reserved > Math.max(has, 0))
        say(`${resource}: expected at most its capacity ${has} reserved, got ${reserved}`);
    }
    transactionProblem(host.transaction, say);
  }
  for (const [index, guest] of cluster.guests.entries()) {
    const say = (message: string) => tell('guest', index, `guest "${guest.name}": ${message}`);
    amountProblems('demand', guest.demand, say);
    amountProblems('load', guest.load ?? {}, say);
    placeProblems(guest, hosts, say);
    affinityProblems(guest, guests, say);
  }
  siblingProblems(cluster.guests, (index, message) => tell('guest', index, message));
  unique(cluster.services ?? [], (index, message) => tell('service', index, message), 'service');
  for (const [index, service] of (cluster.services ?? []).entries()) {
    const unknown = service.guests.find((name) => !guests.has(name));
    if (unknown !== undefined) {
      tell('service', index, `service "${service.name}": there is no guest "${unknown}"`);
    }
  }
  const free = cluster.rules?.freeDisk ?? 0;
  if (!(free >= 0 && free <= 1))
    tell('rules', 0, `freeDisk: expected a share from 0 to 1, got ${free}`);
  amountProblems('overcommit', cluster.rules?.overcommit ?? {}, (message) =>
    tell('rules', 0, message),
  );
  if (problems.length > 0) throw new UserError(problems);
}

function unique<T extends { readonly name: string }>(
  items: readonly T[],
  tell: (index: number, message: string) => void,
  what: string,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const [index, item] of items.entries()) {
    if (item.name === '') tell(index, `${what}: expected a name, got an empty one`);
    else if (found.has(item.name)) tell(index, `there are two ${what}s named "${item.name}"`);
    else found.set(item.name, item);
  }
  return found;
}

function amountProblems(what: string, given: Partial<Amounts>, say: (message: string) => void) {
  for (const [name, value] of Object.entries(given)) {
    if (value >= 0 && value <= largestAmount) continue;
    say(`${what} of ${name}: expected a number from 0 to ${largestAmount}, got ${value}`);
  }
}

function transactionProblem(transaction: number | undefined, say: (message: string) => void) {
  if (transaction === undefined || (transaction >= 0 && transaction < Infinity)) return;
  say(`transaction: expected a number from 0, got ${transaction}`);
}

function placeProblems(
  { place, mirrored }: GuestDescription,
  hosts: ReadonlyMap<string, unknown>,
  say: (message: string) => void,
) {
  if (place === undefined) return;
  for (const name of [place.host, ...(place.backup === undefined ? [] : [place.backup])]) {
    if (!hosts.has(name)) say(`there is no host "${name}"`);
  }
  if (place.host === place.backup) {
    say(`expected a backup other than its host, got "${place.host}" twice`);
  }
  if (mirrored === true && place.backup === undefined) {
    say('expected a backup, as its disk is mirrored, got none');
  }
}

function affinityProblems(
  guest: GuestDescription,
  guests: ReadonlyMap<string, GuestDescription>,
  say: (message: string) => void,
) {
  const path = [guest.name];
  for (let next = guest.with; next !== undefined; next = guests.get(next)?.with) {
    const leader = guests.get(next);
    if (leader === undefined) {
      say(`there is no guest "${next}" that it could be with`);
      return;
    }
    if (path.includes(next)) {
      // Told once, by the guest that comes first in the circle's order.
      if (next === guest.name && path.every((name) => name >= guest.name)) {
        say(`guests wait for one another: ${[...path, next].join(' → ')}`);
      }
      return;
    }
    path.push(next);
    const both = guest.antiAffinity?.find((group) => leader.antiAffinity?.includes(group));
    if (both !== undefined) {
      say(`it has to be with "${next}" and apart from it, as both are in group "${both}"`);
    }
  }
}

/** Guests that follow the same one are together too. */
function siblingProblems(
  guests: readonly GuestDescription[],
  tell: (index: number, message: string) => void,
) {
  const seen = new Map<string, string>();
  for (const [index, { name, with: leader, antiAffinity = [] }] of guests.entries()) {
    if (leader === undefined) continue;
    for (const group of antiAffinity) {
      const key = JSON.stringify([leader, group]);
      const other = seen.get(key);
      if (other !== undefined) {
        tell(
          index,
          `guest "${name}": it and "${other}" both have to be with "${leader}" and apart from each other, as both are in group "${group}"`,
        );
      }
      seen.set(key, name);
    }
  }
}

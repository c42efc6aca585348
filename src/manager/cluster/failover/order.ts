import { nowhere, type Cluster, type GuestIndex } from '../model/index.ts';

const memory = 1;
const width = 5;

/**
 * The order in which lost guests are started: the higher priority first; of one priority those first
 * whose anti-affinity groups have fewest other members running, so that every service has one guest
 * before any has its second; then the larger memory, so that more fit; then the name. A guest that has
 * to be with another comes right behind it.
 */
export function restartOrder(cluster: Cluster, lost: readonly GuestIndex[]): GuestIndex[] {
  const { guests } = cluster;
  const standing = runningMembers(cluster, lost);
  const bySize = [...lost].sort(
    (a, b) => priorityOf(b) - priorityOf(a) || memoryOf(b) - memoryOf(a) || byName(a, b),
  );
  // Of the lost members of one group the second counts the first as running, and so on.
  const rank = new Map<GuestIndex, number>();
  const seen = new Map<number, number>();
  for (const guest of bySize) {
    const groups = guests.groups[guest] ?? [];
    const ahead = groups.map((group) => (standing.get(group) ?? 0) + (seen.get(group) ?? 0));
    rank.set(guest, Math.max(0, ...ahead));
    for (const group of groups) seen.set(group, (seen.get(group) ?? 0) + 1);
  }
  const sorted = [...lost].sort(
    (a, b) =>
      priorityOf(b) - priorityOf(a) ||
      (rank.get(a) ?? 0) - (rank.get(b) ?? 0) ||
      memoryOf(b) - memoryOf(a) ||
      byName(a, b),
  );
  return leadersFirst(cluster, sorted);

  function priorityOf(guest: GuestIndex): number {
    return guests.describe(guest).priority ?? 0;
  }
  function memoryOf(guest: GuestIndex): number {
    return guests.demand[guest * width + memory] ?? 0;
  }
  function byName(a: GuestIndex, b: GuestIndex): number {
    return guests.describe(a).name < guests.describe(b).name ? -1 : 1;
  }
}

/** How many members of each anti-affinity group run elsewhere. */
function runningMembers({ guests }: Cluster, lost: readonly GuestIndex[]): Map<number, number> {
  const counts = new Map<number, number>();
  if (lost.every((guest) => (guests.groups[guest] ?? []).length === 0)) return counts;
  const isLost = new Set(lost);
  for (const guest of guests.all()) {
    if (isLost.has(guest) || guests.host[guest] === nowhere) continue;
    for (const group of guests.groups[guest] ?? []) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

/** The same order, but whoever has to be with another lost guest comes right behind it. */
function leadersFirst(cluster: Cluster, sorted: readonly GuestIndex[]): GuestIndex[] {
  const { guests } = cluster;
  const left = new Set(sorted);
  const order: GuestIndex[] = [];
  const add = (guest: GuestIndex) => {
    if (!left.delete(guest)) return;
    order.push(guest);
    for (const follower of cluster.followers(guest)) add(follower);
  };
  for (const guest of sorted) {
    let first = guest;
    for (const met = new Set([guest]); ; met.add(first)) {
      const name = guests.describe(first).with;
      const leader = name === undefined ? undefined : guests.find(name);
      if (leader === undefined || !left.has(leader) || met.has(leader)) break;
      first = leader;
    }
    add(first);
  }
  return order;
}

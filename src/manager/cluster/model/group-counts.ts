import type { HostIndex } from './place.ts';

/** How many guests of each anti-affinity group there are on each host. */
export class GroupCounts {
  private readonly counts = new Map<HostIndex, Map<number, number>>();

  change(host: HostIndex, groups: readonly number[], sign: 1 | -1) {
    if (groups.length === 0) return;
    let onHost = this.counts.get(host);
    if (onHost === undefined) this.counts.set(host, (onHost = new Map<number, number>()));
    for (const group of groups) {
      const count = (onHost.get(group) ?? 0) + sign;
      if (count === 0) onHost.delete(group);
      else onHost.set(group, count);
    }
  }

  /** Whether a host has a guest of any of these groups. */
  any(host: HostIndex, groups: readonly number[]): boolean {
    if (groups.length === 0) return false;
    const onHost = this.counts.get(host);
    return onHost !== undefined && groups.some((group) => onHost.has(group));
  }
}

import { resources } from './resources.ts';
import type { HostIndex } from './place.ts';

const width = resources.length;

/**
 * Room kept on backups. Of each host: what the guests of each other host would need here if that one
 * failed; as only one fails at a time, the largest of these is kept. (As ganeti's htools do for memory
 * of drbd guests.)
 */
export class Reserves {
  /** backup → host → amounts in the order of `resources`. */
  private readonly needs: Map<HostIndex, number[]>[];
  /** The largest need, `width` numbers a host. */
  readonly kept: Float64Array;
  /** Resources that count. */
  readonly counted: readonly number[];

  constructor(hosts: number, counted: readonly number[]) {
    this.needs = Array.from({ length: hosts }, () => new Map<HostIndex, number[]>());
    this.kept = new Float64Array(hosts * width);
    this.counted = counted;
  }

  /** What the guests of `host` would need on `backup`, of one resource. */
  need(backup: HostIndex, host: HostIndex, resource: number): number {
    return this.needs[backup]?.get(host)?.[resource] ?? 0;
  }

  /** Hosts whose guests would come here. */
  sources(backup: HostIndex): IterableIterator<HostIndex> {
    return (this.needs[backup] ?? new Map<HostIndex, number[]>()).keys();
  }

  /** @param sign 1: a guest with this demand got the backup; −1: it has it no more */
  change(backup: HostIndex, host: HostIndex, demand: Float64Array, from: number, sign: 1 | -1) {
    const needs = this.needs[backup];
    if (needs === undefined || this.counted.length === 0) return;
    let need = needs.get(host);
    if (need === undefined) needs.set(host, (need = [0, 0, 0, 0, 0]));
    let left = 0;
    for (const resource of this.counted) {
      const before = need[resource] ?? 0;
      const after = before + sign * (demand[from + resource] ?? 0);
      need[resource] = after;
      left += after;
      const at = backup * width + resource;
      if (after > (this.kept[at] ?? 0)) this.kept[at] = after;
      else if (sign < 0 && before === this.kept[at]) this.kept[at] = largest(needs, resource);
    }
    if (left === 0) needs.delete(host);
  }
}

function largest(needs: ReadonlyMap<HostIndex, readonly number[]>, resource: number): number {
  let most = 0;
  for (const need of needs.values()) most = Math.max(most, need[resource] ?? 0);
  return most;
}

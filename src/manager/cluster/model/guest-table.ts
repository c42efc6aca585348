import type { GuestDescription } from './description.ts';
import { nowhere, type GuestIndex } from './place.ts';
import { kept, resources } from './resources.ts';

const width = resources.length;

/** The guests of a cluster in columns; a number that became free is given again, the last first. */
export class GuestTable {
  /** By guest; undefined where the number is free. */
  readonly descriptions: (GuestDescription | undefined)[] = [];
  /** `width` numbers a guest. */
  demand = new Float64Array(64 * width);
  load = new Float64Array(64 * width);
  host = new Int32Array(64).fill(nowhere);
  backup = new Int32Array(64).fill(nowhere);
  /** Number of the requirement, see `Kinds`. */
  requirement = new Int32Array(64);
  /** Anti-affinity groups by number. */
  readonly groups: (readonly number[])[] = [];
  /** Position in the list of guests of its host. */
  slot = new Int32Array(64);
  private readonly free: GuestIndex[] = [];
  private readonly indices = new Map<string, GuestIndex>();

  get size(): number {
    return this.indices.size;
  }

  /** @throws Error if there is a guest of this name */
  add(guest: GuestDescription, requirement: number, groups: readonly number[]): GuestIndex {
    if (this.indices.has(guest.name)) throw new Error(`there is a guest "${guest.name}" already`);
    const index = this.free.pop() ?? this.descriptions.length;
    if (index >= this.host.length) this.grow();
    this.descriptions[index] = guest;
    this.indices.set(guest.name, index);
    this.host[index] = nowhere;
    this.backup[index] = nowhere;
    this.requirement[index] = requirement;
    this.groups[index] = groups;
    for (const [at, resource] of resources.entries()) {
      const demand = kept(resource, guest.demand[resource]);
      this.demand[index * width + at] = demand;
      this.load[index * width + at] = kept(resource, guest.load?.[resource] ?? demand);
    }
    return index;
  }

  remove(index: GuestIndex) {
    this.indices.delete(this.describe(index).name);
    this.descriptions[index] = undefined;
    this.free.push(index);
  }

  /** @throws RangeError if there is none of this number */
  describe(index: GuestIndex): GuestDescription {
    const found = this.descriptions[index];
    if (found === undefined) throw new RangeError(`there is no guest ${index}`);
    return found;
  }

  find(name: string): GuestIndex | undefined {
    return this.indices.get(name);
  }

  /** All guests by number. */
  *all(): Generator<GuestIndex> {
    for (let index = 0; index < this.descriptions.length; index++) {
      if (this.descriptions[index] !== undefined) yield index;
    }
  }

  private grow() {
    const wider = <T extends Float64Array | Int32Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    this.demand = wider(this.demand, new Float64Array(this.demand.length * 2));
    this.load = wider(this.load, new Float64Array(this.load.length * 2));
    this.host = wider(this.host, new Int32Array(this.host.length * 2));
    this.backup = wider(this.backup, new Int32Array(this.backup.length * 2));
    this.requirement = wider(this.requirement, new Int32Array(this.requirement.length * 2));
    this.slot = wider(this.slot, new Int32Array(this.slot.length * 2));
  }
}

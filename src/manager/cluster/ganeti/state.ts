import { UserError } from '../../../base/errors.ts';
import { usualPolicy, type HtoolsData, type HtoolsInstance } from '../formats/htools.ts';

/** Instances that have a disk on their nodes. */
const local: ReadonlySet<string> = new Set(['plain', 'drbd']);
/** Instances whose disk every node reaches: they may go to any. */
const shared: ReadonlySet<string> = new Set([
  'diskless',
  'sharedfile',
  'blockdev',
  'rbd',
  'ext',
  'gluster',
]);

/** An instance as the moves see it; sizes in MiB. */
export interface GanetiInstance {
  readonly name: string;
  readonly memory: number;
  readonly disk: number;
  readonly vcpus: number;
  readonly spindles: number;
  /** `two`: mirrored on two nodes; `any`: its disk is shared; `none`: it stays. */
  readonly mobility: 'two' | 'any' | 'none';
  readonly local: boolean;
  /** Memory that the secondary keeps for it. */
  readonly kept: number;
  /** Tags of which a node may have one each. */
  readonly exclusive: readonly string[];
  readonly movable: boolean;
}

/** What ganeti's rules want to know of an instance, whichever node it is on. */
export function ganetiInstance(
  instance: Omit<HtoolsInstance, 'primary' | 'secondary'>,
  exclusivePrefixes: readonly string[],
): GanetiInstance {
  const { name, memory, disk, vcpus, spindleUse, diskTemplate, tags, status } = instance;
  const onTwo = diskTemplate === 'drbd';
  const on = status !== 'ADMIN_offline';
  return {
    name,
    memory: on ? memory : 0,
    disk,
    vcpus: on ? vcpus : 0,
    spindles: spindleUse,
    mobility: onTwo ? 'two' : shared.has(diskTemplate) ? 'any' : 'none',
    local: local.has(diskTemplate),
    kept: onTwo && on && instance.autoBalance ? memory : 0,
    exclusive: tags.filter((tag) => exclusivePrefixes.some((prefix) => tag.startsWith(prefix))),
    movable: instance.autoBalance,
  };
}

/** Tags of the cluster that begin so name prefixes of tags that exclude one another. */
const exclusionPrefix = 'htools:iextags:';

export function exclusivePrefixes(tags: readonly string[]): string[] {
  return tags.flatMap((tag) =>
    tag.startsWith(exclusionPrefix) && tag.length > exclusionPrefix.length
      ? [tag.slice(exclusionPrefix.length)]
      : [],
  );
}

/**
 * A cluster under ganeti's own rules (src/Ganeti/HTools/Node.hs): which node has what free, what it
 * keeps for the primaries of each other node, and where the instances are. In columns, by the number
 * of the node or instance, and changed in place.
 */
export class GanetiState {
  readonly nodes: number;
  readonly names: readonly string[];
  readonly group: Int32Array;
  readonly offline: Uint8Array;
  /** Of each node, how many others that are online its instances may have as secondaries. */
  readonly partners: Int32Array;
  readonly totalMemory: Float64Array;
  readonly freeMemory: Float64Array;
  readonly totalDisk: Float64Array;
  readonly freeDisk: Float64Array;
  readonly cpus: Float64Array;
  readonly usedCpus: Float64Array;
  readonly cpuSpeed: Float64Array;
  readonly vcpuRatio: Float64Array;
  readonly mostSpindles: Float64Array;
  readonly usedSpindles: Float64Array;
  /** Memory kept for the worst other node; whether it is more than is free. */
  readonly keptMemory: Float64Array;
  readonly failsN1: Uint8Array;
  /** peers[node · nodes + other]: what primaries of `other` need here. */
  readonly peers: Float64Array;
  readonly primaries: Int32Array;
  readonly secondaries: Int32Array;
  /** Of each node, how many primaries have each tag that excludes its like. */
  readonly exclusive: Map<string, number>[];
  readonly instances: GanetiInstance[] = [];
  readonly primary: number[] = [];
  /** −1: none. */
  readonly secondary: number[] = [];

  /** @throws UserError for what ganeti's rules here do not cover */
  constructor({ nodes, groups, instances, tags, policies }: HtoolsData) {
    const strange = nodes.find(({ exclusiveStorage }) => exclusiveStorage);
    if (strange !== undefined) {
      throw new UserError({ message: `node "${strange.name}": exclusive storage is not covered` });
    }
    const coming = instances.find(({ forthcoming }) => forthcoming);
    if (coming !== undefined) {
      throw new UserError({
        message: `instance "${coming.name}": forthcoming ones are not covered`,
      });
    }
    const uuids = groups.map(({ uuid }) => uuid);
    const policyOf = (uuid: string) => {
      const name = groups.find((group) => group.uuid === uuid)?.name;
      return policies.find(({ owner }) => owner === name) ?? usualPolicy;
    };
    const column = (of: (node: HtoolsData['nodes'][number]) => number) =>
      Float64Array.from(nodes, of);
    this.nodes = nodes.length;
    this.names = nodes.map(({ name }) => name);
    this.group = Int32Array.from(nodes, ({ groupUuid }) => uuids.indexOf(groupUuid));
    this.offline = Uint8Array.from(nodes, ({ status }) => (status === 'Y' ? 1 : 0));
    this.partners = Int32Array.from(nodes, ({ groupUuid }, node) => {
      const alike = nodes.filter((other, at) => at !== node && other.groupUuid === groupUuid);
      return alike.filter(({ status }) => status !== 'Y').length;
    });
    this.totalMemory = column((node) => node.totalMemory);
    this.freeMemory = column((node) => node.freeMemory);
    this.totalDisk = column((node) => node.totalDisk);
    this.freeDisk = column((node) => node.freeDisk);
    this.cpus = column((node) => node.cpus);
    this.usedCpus = column((node) => node.ownCpus);
    this.cpuSpeed = column((node) => node.cpuSpeed);
    this.vcpuRatio = column((node) => policyOf(node.groupUuid).vcpuRatio);
    this.mostSpindles = column((node) => policyOf(node.groupUuid).spindleRatio * node.spindles);
    this.usedSpindles = new Float64Array(nodes.length);
    this.keptMemory = new Float64Array(nodes.length);
    this.failsN1 = new Uint8Array(nodes.length);
    this.peers = new Float64Array(nodes.length * nodes.length);
    this.primaries = new Int32Array(nodes.length);
    this.secondaries = new Int32Array(nodes.length);
    this.exclusive = nodes.map(() => new Map<string, number>());
    const prefixes = exclusivePrefixes(tags);
    const numbers = new Map(this.names.map((name, number) => [name, number]));
    for (const instance of instances) {
      const { primary, secondary } = instance;
      const one = ganetiInstance(instance, prefixes);
      // The file's free memory and disk are with the instances already in place.
      this.add(one, numbers.get(primary) ?? -1, numbers.get(secondary) ?? -1, 0);
    }
    // Not as after a move: what just suffices is enough here (ganeti's Node.hs, buildPeers).
    for (let node = 0; node < this.nodes; node++) {
      this.failsN1[node] = this.at(this.freeMemory, node) < this.at(this.keptMemory, node) ? 1 : 0;
    }
  }

  at(column: Float64Array | Int32Array, index: number): number {
    return column[index] ?? 0;
  }

  /** The same for nodes that differ in nothing but their names and what they keep for whom. */
  likeness(node: number): string {
    const columns = [
      ...[this.totalMemory, this.freeMemory, this.totalDisk, this.freeDisk, this.cpus],
      ...[this.usedCpus, this.cpuSpeed, this.vcpuRatio, this.mostSpindles, this.usedSpindles],
      ...[this.keptMemory, this.failsN1, this.primaries, this.secondaries, this.group],
    ];
    const tags = [...(this.exclusive[node] ?? [])].flat();
    return [...columns.map((column) => column[node] ?? 0), ...tags].join();
  }

  /** What primaries of `other` need on `node`. */
  peer(node: number, other: number): number {
    return this.peers[node * this.nodes + other] ?? 0;
  }

  /** @param takes 1: it takes memory and disk of its nodes; 0: that is counted already */
  add(instance: GanetiInstance, primary: number, secondary: number, takes: 0 | 1 = 1): number {
    const index = this.instances.push(instance) - 1;
    this.primary.push(primary);
    this.secondary.push(secondary);
    this.count(index, 1, takes);
    return index;
  }

  move(index: number, primary: number, secondary: number) {
    this.count(index, -1, 1);
    this.primary[index] = primary;
    this.secondary[index] = secondary;
    this.count(index, 1, 1);
  }

  /** What a node would keep if it had one instance less of those whose primary is `other`. */
  keptWithout(node: number, other: number, memory: number): number {
    const before = this.peer(node, other);
    const kept = this.at(this.keptMemory, node);
    if (before < kept) return kept;
    let most = before - memory;
    for (let at = 0; at < this.nodes; at++) {
      if (at !== other) most = Math.max(most, this.peer(node, at));
    }
    return most;
  }

  private count(index: number, sign: 1 | -1, takes: 0 | 1) {
    const instance = this.instances[index];
    const primary = this.primary[index] ?? -1;
    const secondary = this.secondary[index] ?? -1;
    if (instance === undefined) return;
    const add = (column: Float64Array | Int32Array, at: number, value: number) => {
      column[at] = (column[at] ?? 0) + value;
    };
    const disk = instance.local ? instance.disk : 0;
    const spindles = instance.local ? instance.spindles : 0;
    add(this.freeMemory, primary, -sign * takes * instance.memory);
    add(this.usedCpus, primary, sign * instance.vcpus);
    add(this.primaries, primary, sign);
    for (const tag of instance.exclusive) {
      const tags = this.exclusive[primary];
      tags?.set(tag, (tags.get(tag) ?? 0) + sign);
      if (tags?.get(tag) === 0) tags.delete(tag);
    }
    for (const node of secondary < 0 ? [primary] : [primary, secondary]) {
      add(this.freeDisk, node, -sign * takes * disk);
      add(this.usedSpindles, node, sign * spindles);
    }
    if (secondary >= 0) {
      add(this.secondaries, secondary, sign);
      if (sign < 0) {
        this.keptMemory[secondary] = this.keptWithout(secondary, primary, instance.kept);
      }
      add(this.peers, secondary * this.nodes + primary, sign * instance.kept);
      const need = this.peer(secondary, primary);
      if (sign > 0 && need > this.at(this.keptMemory, secondary)) this.keptMemory[secondary] = need;
    }
    for (const node of secondary < 0 ? [primary] : [primary, secondary]) this.judge(node);
  }

  private judge(node: number) {
    this.failsN1[node] = this.at(this.freeMemory, node) <= this.at(this.keptMemory, node) ? 1 : 0;
  }
}

import type {
  ClusterDescription,
  GuestDescription,
  HostDescription,
} from '../model/description.ts';
import { amounts } from '../model/resources.ts';
import { exclusivePrefixes } from '../ganeti/state.ts';
import { usualPolicy, type HtoolsData, type HtoolsInstance } from './htools.ts';

const mebibyte = 2 ** 20;

/** Storage of disks that every node reaches. */
export const sharedStorage = 'shared';

/** Disks on one node and its group: they take its space. */
const onNode: ReadonlySet<HtoolsInstance['diskTemplate']> = new Set(['file', 'plain', 'drbd']);

/**
 * A cluster of htools in this model: memory is kept for any one failing node, vCPUs are promised by the
 * ratio of the cluster's policy, tags that exclude one another are anti-affinity groups, and what is
 * taken from a node by no instance is reserved. Nodes that are offline keep their instances and take
 * none. Spindles, and limits on the size of instances, are left out.
 */
export function clusterOfHtools(data: HtoolsData): ClusterDescription {
  const policy = data.policies.find(({ owner }) => owner === '') ?? usualPolicy;
  const prefixes = exclusivePrefixes(data.tags);
  const groups = new Map(data.groups.map(({ uuid, name }) => [uuid, name]));
  const hosts = data.nodes.map((node): HostDescription => {
    let memory = node.totalMemory - node.freeMemory;
    let disk = node.totalDisk - node.freeDisk;
    for (const instance of data.instances) {
      if (instance.primary === node.name && runs(instance)) memory -= instance.memory;
      if ([instance.primary, instance.secondary].includes(node.name)) disk -= space(instance);
    }
    return {
      name: node.name,
      capacity: amounts({
        cpu: node.cpus * node.cpuSpeed,
        memory: node.totalMemory * mebibyte,
        disk: node.totalDisk * mebibyte,
      }),
      reserved: {
        cpu: Math.min(node.ownCpus, node.cpus * node.cpuSpeed),
        memory: Math.max(0, memory) * mebibyte,
        disk: Math.max(0, disk) * mebibyte,
      },
      health: node.status === 'Y' ? 'draining' : 'up',
      group: groups.get(node.groupUuid) ?? node.groupUuid,
      storages: [sharedStorage],
    };
  });
  return {
    hosts,
    guests: data.instances.map((instance) => guestOf(instance, prefixes)),
    rules: { nPlusOne: ['memory'], overcommit: { cpu: policy.vcpuRatio } },
  };
}

function guestOf(instance: HtoolsInstance, prefixes: readonly string[]): GuestDescription {
  const { name, primary, secondary, diskTemplate } = instance;
  const on = runs(instance);
  return {
    name,
    demand: amounts({
      cpu: on ? instance.vcpus : 0,
      memory: on ? instance.memory * mebibyte : 0,
      disk: space(instance) * mebibyte,
    }),
    place: { host: primary, ...(secondary === '' ? {} : { backup: secondary }) },
    mirrored: diskTemplate === 'drbd',
    antiAffinity: instance.tags.filter((tag) => prefixes.some((prefix) => tag.startsWith(prefix))),
    storages: onNode.has(diskTemplate) ? [] : [sharedStorage],
  };
}

function runs({ status, forthcoming }: HtoolsInstance): boolean {
  return status !== 'ADMIN_offline' && !forthcoming;
}

function space({ diskTemplate, disk }: HtoolsInstance): number {
  return onNode.has(diskTemplate) ? disk : 0;
}

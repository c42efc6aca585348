import type { HtoolsData, HtoolsPolicy } from './htools.ts';

/** The text of a cluster that ganeti's htools and `parseHtools` read. */
export function writeHtools({ groups, nodes, instances, tags, policies }: HtoolsData): string {
  const yes = (value: boolean) => (value ? 'Y' : 'N');
  const sections = [
    groups.map(({ name, uuid, allocPolicy, tags, networks }) => [
      ...[name, uuid, allocPolicy, tags.join(','), networks.join(',')],
    ]),
    nodes.map((node) => [
      ...[node.name, node.totalMemory, node.ownMemory, node.freeMemory, node.totalDisk],
      ...[node.freeDisk, node.cpus, node.status, node.groupUuid, node.spindles],
      ...[node.tags.join(','), yes(node.exclusiveStorage), node.freeSpindles, node.ownCpus],
      decimal(node.cpuSpeed),
    ]),
    instances.map((instance) => [
      ...[instance.name, instance.memory, instance.disk, instance.vcpus, instance.status],
      ...[yes(instance.autoBalance), instance.primary, instance.secondary],
      ...[instance.diskTemplate, instance.tags.join(','), instance.spindleUse],
      ...[instance.spindles ?? '-', yes(instance.forthcoming)],
    ]),
    tags.map((tag) => [tag]),
    policies.map(policyFields),
  ];
  return sections
    .map((lines) => lines.map((fields) => `${fields.join('|')}\n`).join(''))
    .join('\n');
}

function policyFields(policy: HtoolsPolicy): (string | number)[] {
  const bounds = policy.bounds.flatMap(({ min, max }) => [min.join(','), max.join(',')]);
  return [
    ...[policy.owner, policy.standard.join(','), bounds.join(';')],
    ...[policy.diskTemplates.join(','), decimal(policy.vcpuRatio), decimal(policy.spindleRatio)],
  ];
}

/** ganeti reads no `1` where it expects a fraction. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

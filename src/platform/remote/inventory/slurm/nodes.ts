import type { Finding } from '../../../../base/yaml/finding.ts';
import { keySpan, valueSpan, type Tree } from '../../../../base/yaml/tree.ts';
import type { WrittenHost } from '../schema.ts';
import type { Allocation } from './allocation.ts';

/** The entry of an inventory that stands for every node of an allocation. */
export const nodeEntry = 'slurm';

/** Each node has its own. */
const ofOneHost = ['address', 'local', 'migrationAddress', 'libvirtUri'] as const;

/**
 * The nodes of an allocation as hosts, all like the entry `slurm`: this machine first and without ssh,
 * the others under their names.
 * @param hosts as the inventory has them; those besides `slurm` are only gates for `jump`
 */
export function nodesAsHosts(
  hosts: Readonly<Record<string, WrittenHost>>,
  { nodes, here, temporary }: Allocation,
  tree: Tree,
): { hosts: Record<string, WrittenHost>; findings: Finding[] } {
  const template = hosts[nodeEntry];
  if (template === undefined) {
    const message = `hosts: expected an entry called ${nodeEntry}, which stands for every node of the allocation; got ${Object.keys(hosts).join(', ')}`;
    return { hosts: {}, findings: [{ span: keySpan(tree, ['hosts']), message }] };
  }
  const findings = ofOneHost.flatMap((key): Finding[] => {
    if (template[key] === undefined) return [];
    const path = ['hosts', nodeEntry, key];
    const message = `${path.join('.')}: expected nothing, since the entry stands for several nodes; got a value`;
    return [{ span: valueSpan(tree, path), message }];
  });
  for (const node of nodes.filter((name) => name !== nodeEntry && Object.hasOwn(hosts, name))) {
    const path = ['hosts', node];
    const message = `${path.join('.')}: expected no entry for a node of the allocation besides ${nodeEntry}, which stands for all of them`;
    findings.push({ span: keySpan(tree, path), message });
  }
  const { bridge, cache, storages } = template;
  const own = {
    ...(bridge !== undefined && { bridge }),
    ...(cache !== undefined && { cache }),
    storages,
  };
  const runtime = template.runtime ?? temporary;
  const asHost = (node: string): WrittenHost => {
    if (node !== here) return { ...template, address: node };
    return {
      ...own,
      local: true,
      // Others migrate to it.
      ...(nodes.length > 1 && { migrationAddress: node }),
      ...(runtime !== undefined && { runtime }),
    };
  };
  // What takes one host takes this machine, where guests need no bridge.
  const ordered = here === undefined ? nodes : [here, ...nodes.filter((node) => node !== here)];
  return { hosts: Object.fromEntries(ordered.map((node) => [node, asHost(node)])), findings };
}

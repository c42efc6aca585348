import { UserError } from '../../../base/errors.ts';
import { runs, type Host } from '../../../platform/remote/host.ts';

export interface GroupsRequest {
  /** Hosts that a trial takes. */
  needed: number;
  /** Groups at most that run guests in the same way: trials at once. */
  parallel: number;
  /** Whether hosts that are left over watch; by default where trials take several. */
  watched?: boolean | undefined;
  /** What runs the guests of the arms: each of them needs a group; by default QEMU. */
  hypervisors?: readonly string[];
}

/**
 * Hosts in groups that share none: trials of different groups may run at once. The hosts of a group
 * run guests with the same of the wanted hypervisors. Every group has as many as a trial takes; of
 * what is left over, each gets one more that watches, as long as there are any, where trials are
 * watched.
 * @param hosts in the order of the inventory, which groups keep: source, target, watcher
 * @throws UserError if there are too few for one group, with any of the hypervisors
 */
export function hostGroups<Member extends Pick<Host, 'hypervisors'>>(
  hosts: readonly Member[],
  { needed, parallel, watched = needed > 1, hypervisors = ['qemu'] }: GroupsRequest,
): Member[][] {
  for (const name of hypervisors) requireEnough(hosts, needed, name);
  const kinds = new Map<string, Member[]>();
  for (const host of hosts) {
    const kind = hypervisors.filter((name) => runs(host, name)).join();
    if (kind !== '') kinds.set(kind, [...(kinds.get(kind) ?? []), host]);
  }
  return [...kinds.values()].flatMap((alike) => groupsOf(alike, needed, parallel, watched));
}

function groupsOf<Member>(
  hosts: readonly Member[],
  needed: number,
  parallel: number,
  watched: boolean,
): Member[][] {
  const count = Math.min(parallel, Math.floor(hosts.length / needed));
  const spare = watched ? hosts.slice(count * needed) : [];
  return Array.from({ length: count }, (_, group) => [
    ...hosts.slice(group * needed, (group + 1) * needed),
    ...spare.slice(group, group + 1),
  ]);
}

function requireEnough(
  hosts: readonly Pick<Host, 'hypervisors'>[],
  needed: number,
  hypervisor: string,
): void {
  const able = hosts.filter((host) => runs(host, hypervisor)).length;
  if (able >= needed) return;
  const why =
    needed > 1 ? ', since a trial takes as many (level hosts, or a migration)' : ' for its trials';
  const kind = hypervisor === 'xen' ? 'xen' : 'kvm';
  throw new UserError({
    message: `hosts: expected at least ${needed} on which ${hypervisor} runs guests${why}; the inventory has ${able}`,
    remedy:
      hypervisor === 'xen'
        ? `Say of hosts that run Xen: hypervisors: [xen], or bring up a lab: virtgauge lab up --machines ${kind}:${needed} (as root).`
        : 'Add hosts to the inventory, or bring up a lab: virtgauge lab up --namespaces 3 (as root).',
  });
}

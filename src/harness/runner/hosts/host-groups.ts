import { UserError } from '../../../base/errors.ts';

/**
 * Hosts in groups that share none: trials of different groups may run at once. Every group has as
 * many as a trial takes; of what is left over, each gets one more that watches, as long as there are
 * any, where trials are watched.
 * @param hosts in the order of the inventory, which groups keep: source, target, watcher
 * @param needed hosts that a trial takes
 * @param parallel groups at most
 * @param watched by default where trials take several
 * @throws UserError if there are too few for one group
 */
export function hostGroups<Host>(
  hosts: readonly Host[],
  needed: number,
  parallel: number,
  watched = needed > 1,
): Host[][] {
  if (hosts.length < needed) {
    throw new UserError({
      message: `hosts: expected at least ${needed}, since a trial takes as many (level hosts, or a migration); the inventory has ${hosts.length}`,
      remedy:
        'Add hosts to the inventory, or bring up a lab: virtgauge lab up --namespaces 3 (as root).',
    });
  }
  const count = Math.min(parallel, Math.floor(hosts.length / needed));
  const spare = watched ? hosts.slice(count * needed) : [];
  return Array.from({ length: count }, (_, group) => [
    ...hosts.slice(group * needed, (group + 1) * needed),
    ...spare.slice(group, group + 1),
  ]);
}

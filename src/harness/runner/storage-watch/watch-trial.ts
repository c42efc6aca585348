import type { HostGroup } from '../hosts/host-group.ts';
import type { TrialBed } from '../trial-bed.ts';
import type { StoragePulses } from './pulses.ts';
import { watchStorages } from './watch.ts';

/**
 * Sees to it that the group is lost when a storage of the trial does not answer on a host any more.
 * @returns what ends that
 */
export function watchTrial(
  pulses: StoragePulses,
  bed: Pick<TrialBed, 'hosts' | 'storagesOn'>,
  group: HostGroup,
): () => Promise<void> {
  const watched = bed.hosts.flatMap((host) =>
    bed.storagesOn(host).map(({ name, directory }) => pulses.of(host, name, directory)),
  );
  return watchStorages(watched, (which, why) => {
    const pulse = watched[which];
    if (pulse !== undefined) group.lose(pulse, why);
  });
}

import type { GuestImage } from '../../platform/guest/image/guest-image.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Accelerators } from './accelerators.ts';
import type { AddressPool } from './hosts/address-pool.ts';
import type { HostFiles } from './hosts/host-files.ts';
import type { SavedStates } from './saved-states.ts';
import type { StorageBeds } from './storages/beds.ts';
import type { StoragePulses } from './storage-watch/pulses.ts';

/** What the trials of a run have in common. */
export interface TrialGround {
  scenario: Scenario;
  /** What the guests of an arm are made from. */
  imageOf: (levels: Levels) => GuestImage;
  /** A user's own machine, for libvirt. */
  domainXml: string | undefined;
  /** Directory of the light ones, on hosts that run Xen, if an arm wants them. */
  hotplugScripts: string | undefined;
  accelerators: Accelerators;
  /** This machine. */
  controller: Host;
  beds: StorageBeds;
  files: HostFiles;
  addresses: AddressPool;
  savedStates: SavedStates;
  pulses: StoragePulses;
  /** The run's mark in the environment of its processes. */
  environment: Readonly<Record<string, string>>;
  /** The run's folder on each host, by the host's name. */
  folders: ReadonlyMap<string, string>;
  /** The run's folder on the controller. */
  consoles: string;
}

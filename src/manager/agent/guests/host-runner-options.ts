import type { Identity } from '../../wire/certificates/identity.ts';
import type { Ground } from './ground.ts';
import type { LocalHypervisor } from './hypervisors/local-hypervisor.ts';

export interface HostRunnerOptions {
  readonly hypervisor: LocalHypervisor;
  readonly ground: Ground;
  /** Folder of what is known of each guest. */
  readonly folder: string;
  readonly self: () => Identity;
  /** Seconds until a guest that has not answered has failed. */
  readonly bootTimeout: number;
}

import type { Hypervisor } from '../hypervisor.ts';
import { xenHotplug } from './hotplug.ts';
import { launch } from './launch.ts';
import { xenMigration } from './migration/prepare.ts';
import { launchForState } from './state/load.ts';
import { xenStates } from './state/states.ts';
import { versions } from './versions.ts';

/** Xen, driven by the xl of its dom0. */
export const xen: Hypervisor = {
  name: 'xen',
  devices: {
    disk: '/dev/xvda',
    diskPath: 'blkfront, to the kernel of dom0 (raw) or its QEMU (qcow2)',
    networkPath: 'netfront, to netback of dom0',
  },
  versions,
  launch: (host, spec) => launch(xen, host, spec),
  migration: xenMigration,
  states: { ...xenStates, launch: (host, spec) => launchForState(xen, host, spec) },
  hotplug: xenHotplug,
};

import type { Hypervisor } from '../hypervisor.ts';
import { freezeDisks } from './freeze.ts';
import { qemuHotplug } from './hotplug/hotplug.ts';
import { launch } from './launch.ts';
import { qemuMigration } from './migration/prepare.ts';
import { qemuStates } from './state/states.ts';
import { virtioDevices } from './virtio-devices.ts';

/** QEMU, started directly and driven through its own monitor. */
export const qemu: Hypervisor = {
  name: 'qemu',
  devices: virtioDevices,

  async versions(shell) {
    const version = async (program: string) => {
      const { stdout } = await shell.run([program, '--version']);
      return /version ([\d.]+)/.exec(stdout)?.[1] ?? 'unknown';
    };
    const [system, img] = await Promise.all([version('qemu-system-x86_64'), version('qemu-img')]);
    return { qemu: system, 'qemu-img': img };
  },

  launch: (host, spec) => launch(qemu, host, spec),

  migration: qemuMigration,

  hotplug: qemuHotplug,

  freeze: freezeDisks,

  states: {
    ...qemuStates,
    launch: (host, spec, { machineType }) => launch(qemu, host, spec, { machineType }),
  },
};

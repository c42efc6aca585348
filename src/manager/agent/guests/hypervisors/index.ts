import type { Ground } from '../ground.ts';
import { localLibvirt } from './libvirt.ts';
import type { LocalHypervisor } from './local-hypervisor.ts';
import { localQemu } from './qemu.ts';
import { localXen } from './xen.ts';

/** Every hypervisor whose guests an agent runs; a new one is a file and a line here. */
export const localHypervisors = {
  qemu: localQemu,
  libvirt: localLibvirt,
  xen: localXen,
} as const satisfies Readonly<Record<string, (ground: Ground) => LocalHypervisor>>;

export type LocalHypervisorName = keyof typeof localHypervisors;

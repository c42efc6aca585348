import type { Hypervisor } from './hypervisor.ts';
import { libvirt } from './libvirt/libvirt.ts';
import { qemu } from './qemu/qemu.ts';
import { xen } from './xen/xen.ts';

/** Every hypervisor; a new one is a folder and a line here. */
const hypervisors: readonly Hypervisor[] = [qemu, libvirt, xen];

export function hypervisorNamed(name: string): Hypervisor {
  const hypervisor = hypervisors.find((candidate) => candidate.name === name);
  if (hypervisor === undefined) throw new Error(`no hypervisor called ${name}`);
  return hypervisor;
}

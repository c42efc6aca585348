/**
 * What a machine of a lab is: `kvm` has Linux and QEMU, `xen` runs Xen with Linux as its first
 * domain, `plain` is a server that boots from its own disk and hosts nothing.
 */
export const machineKinds = ['kvm', 'xen', 'plain'] as const;
export type MachineKind = (typeof machineKinds)[number];

import type { MachineKind } from './image/kinds.ts';

/** What QEMU is to emulate for a machine of a lab. */
export interface Hardware {
  /** QEMU's `-machine`. */
  type: string;
  /** QEMU's `-cpu`. */
  cpu: string;
  vcpus: number;
}

/**
 * Why each flag is off under TCG: with SMAP Xen's first domain dies as it boots; `monitor` leads to
 * a general protection fault in mwait; with AVX and XSAVE a PVH guest panics after a migration.
 */
const emulated = 'EPYC,+svm,-smap,-monitor,-rdtscp,-xsave,-avx,-avx2,-fma,-f16c';

/**
 * KVM inside TCG is reliable with one CPU only (with two, guests hung); Xen gets a second one for
 * its guests, its first domain stays on the first.
 */
export function hardwareOf(kind: MachineKind, accelerator: 'kvm' | 'tcg'): Hardware {
  return {
    type: 'q35',
    cpu: accelerator === 'tcg' ? emulated : 'host',
    vcpus: kind === 'xen' || accelerator === 'kvm' ? 2 : 1,
  };
}

import type { MachinesRecord } from '../lab-record.ts';
import type { MachineKind } from './image/kinds.ts';

/** The machine that QEMU makes for a kind. */
export interface Hardware {
  /** Machine type. */
  type: string;
  cpu: string;
  vcpus: number;
  /** Bytes, where nothing else is asked for. */
  memory: number;
}

const GiB = 2 ** 30;

/** Under TCG; Xen gets a second CPU for its guests, its first domain stays on the first. */
const sizes: Readonly<Record<MachineKind, Pick<Hardware, 'vcpus' | 'memory'>>> = {
  // KVM inside TCG is reliable with one CPU only: with two, guests hung or panicked.
  kvm: { vcpus: 1, memory: 2 * GiB },
  xen: { vcpus: 2, memory: 3 * GiB },
  plain: { vcpus: 1, memory: GiB },
};

/**
 * A processor whose SVM QEMU emulates. Why each flag is off: with SMAP Xen's first domain dies as it
 * boots; `monitor` leads to a general protection fault in mwait; with AVX and XSAVE a PVH guest
 * panics after a migration.
 */
const emulated = 'EPYC,+svm,-smap,-monitor,-rdtscp,-xsave,-avx,-avx2,-fma,-f16c';

export function hardwareOf(
  kind: MachineKind,
  accelerator: MachinesRecord['accelerator'],
): Hardware {
  const { vcpus, memory } = sizes[kind];
  return accelerator === 'tcg'
    ? { type: 'q35', cpu: emulated, vcpus, memory }
    : { type: 'q35', cpu: 'host', vcpus: 2, memory };
}

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

/** Under KVM with two CPUs a machine that emulates SVM panics or hangs; Xen bears them. */
const sizes: Readonly<Record<MachineKind, Pick<Hardware, 'vcpus' | 'memory'>>> = {
  kvm: { vcpus: 1, memory: 2 * GiB },
  xen: { vcpus: 2, memory: 3 * GiB },
  plain: { vcpus: 1, memory: GiB },
};

/**
 * A processor whose SVM QEMU emulates. Without smap and monitor Xen's first domain boots; without AVX
 * and XSAVE a guest of Xen lives on after a migration.
 */
const emulated = 'EPYC,+svm,-smap,-monitor,-rdtscp,-xsave,-avx,-avx2,-fma,-f16c';

export function hardwareOf(
  kind: MachineKind,
  accelerator: MachinesRecord['accelerator'],
): Hardware {
  return { type: 'q35', cpu: accelerator === 'tcg' ? emulated : 'host', ...sizes[kind] };
}

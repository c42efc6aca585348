import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';

export interface Processor {
  model: string;
  /** `GenuineIntel`, `AuthenticAMD`. */
  vendor: string;
  /** Logical ones. */
  count: number;
  /** `vmx` or `svm`: guests run without emulation, once the firmware allows it. */
  virtualization?: 'vmx' | 'svm';
  /** All that the kernel tells of. */
  flags: string[];
  /** It runs on a hypervisor itself. */
  guest: boolean;
  /** `/dev/kvm` is there. */
  kvm: boolean;
}

const script = `cat /proc/cpuinfo; ${separate}; [ -e /dev/kvm ] && echo kvm; true`;

export async function readProcessor(shell: Shell): Promise<Processor> {
  return parseProcessor(await look(shell, script));
}

/** @param text `/proc/cpuinfo`, then `kvm` where there is `/dev/kvm` */
export function parseProcessor(text: string): Processor {
  const [cpuinfo = '', kvm = ''] = partsOf(text);
  const field = (name: string) =>
    new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo)?.[1]?.trim() ?? '';
  const flags = new Set(field('flags').split(/\s+/).filter(Boolean));
  const virtualization = flags.has('vmx') ? 'vmx' : flags.has('svm') ? 'svm' : undefined;
  return {
    model: field('model name') || 'unknown',
    vendor: field('vendor_id') || 'unknown',
    count: Math.max(1, cpuinfo.match(/^processor\s*:/gm)?.length ?? 0),
    ...(virtualization && { virtualization }),
    flags: [...flags],
    guest: flags.has('hypervisor'),
    kvm: kvm === 'kvm',
  };
}

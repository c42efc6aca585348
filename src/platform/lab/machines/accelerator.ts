import { existsSync, readFileSync } from 'node:fs';

/** Parameters of the kernel's modules that say whether guests may have guests. */
const nested = ['kvm_amd', 'kvm_intel'].map((name) => `/sys/module/${name}/parameters/nested`);

/**
 * Why the machines of a lab, which run guests themselves, cannot run under KVM here; undefined if
 * they could, which says nothing of how fast.
 */
export function nestingRefusal(read: (path: string) => string | undefined = readOrNothing) {
  const said = nested.map(read).filter((text) => text !== undefined);
  if (said.length === 0) return 'the processor shows neither SVM nor VMX';
  return said.some((text) => /^[1Y]/.test(text)) ? undefined : 'nested virtualization is off';
}

function readOrNothing(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

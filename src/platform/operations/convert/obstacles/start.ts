import { kexecMethods, switchMethods, type Look, type Obstacle } from './obstacle.ts';

/** What keeps another kernel from taking over from the machine's. */
export const lookAtStart: Look = ({ kexec, firmware, kernel, system }) => {
  const found: Obstacle[] = [];
  const refuse = (name: string, message: string, remedy: string) =>
    found.push({ methods: kexecMethods, kind: 'refused', name, message, remedy });
  if (!kexec.supported) {
    refuse('no-kexec', 'the kernel has no kexec', 'Boot a kernel with CONFIG_KEXEC, or use warm.');
  } else if (kexec.disabled) {
    refuse(
      'kexec-disabled',
      'kexec is switched off until the next boot (kernel.kexec_load_disabled = 1)',
      'Boot without that sysctl, or use warm.',
    );
  } else if (kexec.lockdown !== 'none') {
    const locked = `the kernel is locked down (${kexec.lockdown}): it takes only signed images for kexec`;
    // Its shim vouches for the kernels of its distribution, of which the VMM's is one.
    if (firmware.secureBoot && /debian/i.test(system)) {
      found.push({ methods: kexecMethods, kind: 'note', name: 'kexec-locked', message: locked });
    } else {
      const remedy = firmware.secureBoot
        ? 'Switch Secure Boot off in the firmware, or use warm.'
        : 'Boot without lockdown=, or use warm.';
      refuse('kexec-locked', locked, remedy);
    }
  }
  if (kernel.image === undefined) {
    found.push({
      methods: switchMethods,
      kind: 'refused',
      name: 'no-kernel-file',
      message: `the file of kernel ${kernel.version} is in none of the usual places`,
      remedy: `Put it at /boot/vmlinuz-${kernel.version}.`,
    });
  }
  return found;
};

import type { MachineKind } from './kinds.ts';

/**
 * Xen's. `no-real-mode` and `cpuidle=0`: QEMU boots it without a BIOS's services, and the processor
 * that TCG emulates has no mwait. Its first domain keeps one CPU to itself. Where that dies, or Xen,
 * the machine restarts, which ends a QEMU that has `-no-reboot`.
 */
export const xenArguments = [
  ...['com1=115200,8n1', 'console=com1', 'loglvl=warning', 'guest_loglvl=warning'],
  ...['no-real-mode', 'cpuidle=0', 'cpufreq=none', 'dom0_max_vcpus=1', 'dom0_vcpus_pin'],
  'dom0_mem=1024M,max:1024M',
].join(' ');

const consoles: Readonly<Record<MachineKind, string>> = {
  kvm: 'ttyS0',
  xen: 'hvc0',
  plain: 'ttyS0',
};

/**
 * A machine's kernel's. A panic, or an oops, ends the machine at once. Without `rodata=off` its
 * look at all its page tables takes 3 s under TCG.
 *
 * What it measures of its time stamp counter while it waits for a CPU of ours can be wrong by a
 * factor of eight, and so are then its clock and those of its KVM guests: it is told. Xen corrects
 * its own, and its first domain uses that.
 *
 * `norandmaps`: TCG translates a program anew for each address at which it lies. After a minute a page
 * of libc has thousands of translations, all of which are looked through whenever something writes to
 * that memory: a kernel that was loaded over it by kexec took minutes to be moved there.
 * @param tscMegahertz of this machine; QEMU's machines have the same counter
 */
export function kernelArguments(kind: MachineKind, tscMegahertz: number): string {
  return [
    `root=/dev/${kind === 'plain' ? 'vda1' : 'vda'} rw console=${consoles[kind]} quiet`,
    'panic=-1 oops=panic ipv6.disable=1 net.ifnames=0 rodata=off cryptomgr.notests norandmaps',
    ...(kind === 'xen' ? [] : [`tsc=reliable tsc_early_khz=${tscMegahertz}000`]),
  ].join(' ');
}

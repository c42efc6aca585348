import type { Shell } from '../../../platform/remote/shell.ts';
import type { MachineTexts } from '../../results/environment.ts';

/** What a host says of itself, in its own words. */
export interface HostTexts extends MachineTexts {
  /** Id of the boot: equal for two hosts that share a kernel. */
  boot: string;
  /** Who we are there: 0 is root. */
  uid: number;
  /** Why KVM cannot be tried; empty if it can. */
  kvmRefusal: string;
}

const separator = '\u001e';

const script = `
for file in /proc/cpuinfo /proc/meminfo /etc/os-release /proc/sys/kernel/random/boot_id; do
  cat "$file" 2>/dev/null
  printf '\\036'
done
uname -r; printf '\\036'
id -u; printf '\\036'
if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then :
elif [ -e /dev/kvm ]; then printf '/dev/kvm may not be opened by this user'
else printf 'no /dev/kvm'; fi`;

/** All at once: a host may be far away. */
export async function readHostTexts(shell: Shell): Promise<HostTexts> {
  const { stdout } = await shell.run(['sh', '-c', script], { timeout: 20 });
  const [cpuinfo = '', meminfo = '', osRelease = '', boot = '', kernel = '', uid = '', kvm = ''] =
    stdout.split(separator);
  return {
    ...{ cpuinfo, meminfo, osRelease },
    boot: boot.trim(),
    kernel: kernel.trim(),
    uid: Number(uid),
    kvmRefusal: kvm,
  };
}

import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';

/** Whether the kernel lets another one take its place. */
export interface Kexec {
  /** The kernel can it at all. */
  supported: boolean;
  /** Switched off until the next boot (`kernel.kexec_load_disabled`). */
  disabled: boolean;
  /** Only signed images (`integrity`, `confidentiality`); `none` otherwise. */
  lockdown: 'none' | 'integrity' | 'confidentiality';
  /** Whether kexec-tools are there. */
  tool: boolean;
}

const script = `
[ -e /sys/kernel/kexec_loaded ] && echo yes; ${separate}
cat /proc/sys/kernel/kexec_load_disabled 2>/dev/null; ${separate}
cat /sys/kernel/security/lockdown 2>/dev/null ||
  # Seen by this look alone.
  unshare -m sh -c 'mount -t securityfs -o ro none /sys/kernel/security &&
    cat /sys/kernel/security/lockdown' 2>/dev/null
${separate}
command -v kexec`;

export async function readKexec(shell: Shell): Promise<Kexec> {
  return parseKexec(await look(shell, `${script} || true`));
}

/** @param text whether it is known, `kexec_load_disabled`, `lockdown`, path of kexec */
export function parseKexec(text: string): Kexec {
  const [known = '', disabled = '', lockdown = '', tool = ''] = partsOf(text);
  const [, chosen = 'none'] = /\[(\w+)\]/.exec(lockdown) ?? [];
  return {
    supported: known === 'yes',
    disabled: disabled === '1',
    lockdown: chosen === 'integrity' || chosen === 'confidentiality' ? chosen : 'none',
    tool: tool !== '',
  };
}

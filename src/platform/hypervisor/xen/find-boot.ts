import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import type { GuestSpec } from '../hypervisor.ts';
import type { Boot } from './domain/boot.ts';
import { xenCommandLine } from './domain/command-line.ts';

/** GRUB built as a guest's kernel (Debian: grub-xen-host). */
const loaders: Readonly<Record<string, string>> = {
  'xen-pv': '/usr/lib/grub-xen/grub-x86_64-xen.bin',
  'xen-pvh': '/usr/lib/grub-xen/grub-i386-xen_pvh.bin',
};

/**
 * How a guest is started on a host: with the kernel that it is given, else by its firmware where it is
 * fully virtualized, else by GRUB as its kernel, else by pygrub, which reads GRUB's configuration from
 * its disk in dom0.
 * @throws UserError if its disk cannot boot there
 */
export async function findBoot(shell: Shell, spec: GuestSpec): Promise<Boot> {
  const { kernel, accelerator } = spec;
  if (kernel !== undefined) {
    const { image, initramfs } = kernel;
    return {
      by: 'kernel',
      image,
      initramfs,
      commandLine: xenCommandLine(kernel.commandLine, spec),
    };
  }
  const image = loaders[accelerator];
  if (image === undefined) return { by: 'firmware' };
  const look =
    '[ -e "$1" ] && echo loader && exit; ' +
    'for each in /usr/lib/xen*/bin/pygrub /usr/libexec/xen/bin/pygrub /usr/bin/pygrub; do ' +
    '[ -x "$each" ] && echo pygrub && exit; done; echo none';
  const { stdout } = await shell.run(['sh', '-c', look, 'sh', image], { timeout: 15 });
  const found = stdout.trim();
  if (found === 'loader') return { by: 'loader', image };
  if (found === 'pygrub') return { by: 'pygrub' };
  throw new UserError({
    message: `expected a boot loader for guests of Xen on ${shell.host}: neither ${image} nor pygrub is there`,
    remedy: 'On Debian: sudo apt-get install grub-xen-host; or use accelerator: xen-hvm.',
  });
}

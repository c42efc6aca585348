import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';

/** The kernel that runs, and where its files are. */
export interface Kernel {
  /** Release: `6.1.0-56-amd64`. */
  version: string;
  /** Without what boot loaders add. */
  commandLine: string;
  /** Paths; undefined where the usual places do not have them. */
  image?: string;
  initramfs?: string;
}

/** The modules of the kernel that runs; in their names `_` stands for `-`. */
export interface KernelModules {
  /** Built in. */
  builtIn: ReadonlySet<string>;
  /** Could be put in an initramfs. */
  available: ReadonlySet<string>;
}

const script = `
version=$(uname -r)
echo "$version"; ${separate}
cat /proc/cmdline; ${separate}
for file in "/boot/vmlinuz-$version" "/boot/kernel-$version" "/lib/modules/$version/vmlinuz" \\
  /boot/vmlinuz /vmlinuz; do [ -f "$file" ] && { echo "$file"; break; }; done; ${separate}
for file in "/boot/initrd.img-$version" "/boot/initramfs-$version.img" "/boot/initrd-$version" \\
  /boot/initrd.img /initrd.img /boot/initramfs.img; do
  [ -f "$file" ] && { echo "$file"; break; }; done; ${separate}
cat "/lib/modules/$version/modules.builtin" 2>/dev/null; ${separate}
cut -d: -f1 "/lib/modules/$version/modules.dep" 2>/dev/null
true`;

export async function readKernel(
  shell: Shell,
): Promise<{ kernel: Kernel; modules: KernelModules }> {
  return parseKernel(await look(shell, script));
}

/** @param text release, command line, image, initramfs, `modules.builtin`, paths of modules */
export function parseKernel(text: string): { kernel: Kernel; modules: KernelModules } {
  const [version = '', line = '', image = '', initramfs = '', builtIn = '', modules = ''] =
    partsOf(text);
  const kernel = {
    version,
    commandLine: line
      .split(/\s+/)
      .filter((word) => !/^(BOOT_IMAGE|initrd)=/.test(word))
      .join(' '),
    ...(image !== '' && { image }),
    ...(initramfs !== '' && { initramfs }),
  };
  return {
    kernel,
    modules: {
      builtIn: modulesIn(builtIn.split('\n')),
      available: modulesIn(modules.split('\n')),
    },
  };
}

/** The names of the modules among paths; in a module's name `-` and `_` are the same. */
export function modulesIn(paths: Iterable<string>): Set<string> {
  const names = new Set<string>();
  for (const path of paths) {
    const [, name] = /([^/]+)\.ko(?:\.(?:gz|xz|zst))?$/.exec(path) ?? [];
    if (name !== undefined) names.add(name.replaceAll('-', '_'));
  }
  return names;
}

/** How a guest starts: a kernel given from outside, a boot loader that Xen starts, its own firmware. */
export type Boot =
  | { by: 'kernel'; image: string; initramfs: string; commandLine: string }
  | { by: 'loader'; image: string }
  | { by: 'pygrub' }
  | { by: 'firmware' };

/** The lines of the configuration. */
export function bootLines(boot: Boot, quote: (text: string) => string): string[] {
  switch (boot.by) {
    case 'kernel':
      return [
        `kernel = ${quote(boot.image)}`,
        `ramdisk = ${quote(boot.initramfs)}`,
        `extra = ${quote(boot.commandLine)}`,
      ];
    case 'loader':
      return [`kernel = ${quote(boot.image)}`];
    case 'pygrub':
      return ['bootloader = "pygrub"'];
    case 'firmware':
      return ['boot = "c"'];
  }
}

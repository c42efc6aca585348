/** Bytes: whole blocks of any disk; GRUB takes any size. */
export const envBlockBytes = 4096;

const variable = 'vg_tombstone';
const header = '# GRUB Environment Block\n';

/** How every block of ours begins, with the tombstone set or not. */
export const envBlockStart = `${header}${variable}=`;

/**
 * GRUB's environment block with the tombstone set or not. All that decides stands in the first sector,
 * which a disk writes whole or not at all.
 */
export function envBlock(buried: boolean): string {
  return `${envBlockStart}${buried ? 'yes' : 'no'}\n`.padEnd(envBlockBytes, '#');
}

const begin = '### BEGIN virtgauge';
const end = '### END virtgauge';

/**
 * What GRUB does first: where the tombstone is set it starts the VMM, which does not start the
 * machine's own system, and nothing else where that cannot be loaded.
 * @param append arguments of the VMM's kernel
 */
export function grubHook(append: string): string {
  return [
    `${begin}: a machine that was converted must not start twice`,
    'set vg_files=$prefix/virtgauge',
    'if [ -f $vg_files/env ]; then',
    `  load_env -f $vg_files/env ${variable}`,
    'fi',
    `if [ "$${variable}" = yes ]; then`,
    `  linux $vg_files/vmlinuz ${append}`,
    '  initrd $vg_files/initramfs',
    '  boot',
    '  halt',
    'fi',
    end,
    '',
  ].join('\n');
}

/** A configuration of GRUB without what an earlier conversion put in. */
export function withoutHook(config: string): string {
  const pattern = new RegExp(`^${begin}[^]*?^${end}\n`, 'gm');
  return config.replaceAll(pattern, '');
}

/** The same with the hook before all else. */
export function withHook(config: string, append: string): string {
  return `${grubHook(append)}${withoutHook(config)}`;
}

/** Bytes: whole blocks of any disk; GRUB takes any size. */
export const envBlockBytes = 4096;

const variable = 'vg_tombstone';
const owner = 'vg_conversion';
const header = '# GRUB Environment Block\n';

/** How every block of ours begins, with the tombstone set or not. */
export const envBlockStart = `${header}${variable}=`;

/**
 * GRUB's environment block with the tombstone set or not. All that decides stands in the first sector,
 * which a disk writes whole or not at all.
 * @param token of the conversion that it belongs to; conversions of before have none
 */
export function envBlock(buried: boolean, token?: string): string {
  const whose = token === undefined ? '' : `${owner}=${token}\n`;
  return `${envBlockStart}${buried ? 'yes' : 'no'}\n${whose}`.padEnd(envBlockBytes, '#');
}

/** Whether a block keeps the machine from starting its own system, whichever conversion has set it. */
export function isTombstone(block: string): boolean {
  return block.startsWith(`${envBlockStart}yes\n`);
}

/** Which conversion a block belongs to; undefined: it does not say. */
export function tokenIn(block: string): string | undefined {
  return new RegExp(`^${owner}=([0-9a-f]+)$`, 'm').exec(block)?.[1];
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

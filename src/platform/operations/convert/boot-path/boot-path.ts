import { posix } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';
import { envBlock, withHook, withoutHook } from './env-block.ts';
import { placeOnDisk } from './on-disk.ts';
import { expectOwn } from './ownership.ts';

/** Seconds for a command on the source. */
const timeout = 60;

/** What a conversion keeps where the source boots from. */
export interface BootPath {
  /** Path of GRUB's configuration. */
  config: string;
  /** Folder beside it for `vmlinuz`, `initramfs` and `env`. */
  folder: string;
  disk: string;
  /** Byte of the disk at which `env` lies. */
  tombstoneAt: number;
  /** Whose `env` is; a conversion of before has none. */
  token?: string;
}

/** The folder of a conversion beside GRUB's configuration. */
export function bootFolder(config: string): string {
  return posix.join(posix.dirname(config), 'virtgauge');
}

/**
 * Prepares the source's boot path for a tombstone that is not set; nothing that it starts changes yet.
 * @param token of the conversion
 * @throws UserError if the source is not started by GRUB, its boot folder cannot hold a tombstone, or
 *   another conversion has it; it is as before then
 */
export async function prepareBootPath(
  shell: Shell,
  facts: Pick<SourceFacts, 'grubConfig' | 'disks'>,
  token: string,
): Promise<BootPath> {
  const { grubConfig: config, disks } = facts;
  if (config === undefined) {
    throw new UserError({
      where: shell.host,
      message:
        'expected a machine that GRUB starts: a tombstone in its boot folder must keep it off',
      remedy: 'Install GRUB, or see which methods need none: virtgauge p2v plan.',
    });
  }
  const folder = bootFolder(config);
  await expectOwn(shell, { folder, token });
  try {
    await shell.run(['mkdir', '-p', '--', folder], { timeout });
    const file = posix.join(folder, 'env');
    await shell.writeFile(file, envBlock(false, token));
    const disk = disks[0].path;
    const tombstoneAt = await placeOnDisk(shell, file, disk);
    return { config, folder, disk, tombstoneAt, token };
  } catch (error) {
    await clearBootPath(shell, { config, folder, token }).catch(() => undefined);
    throw error;
  }
}

/**
 * Lets GRUB look at the tombstone before all else.
 * @param append arguments of the VMM's kernel, as GRUB starts it
 */
export async function hookBootLoader(shell: Shell, path: BootPath, append: string): Promise<void> {
  await replaceConfig(shell, path, (text) => withHook(text, append));
  // A generated configuration begins with the hook, too.
  const generator = `#!/bin/sh\ncat << 'END'\n${withHook('', append)}END\n`;
  await shell.run(['sh', '-c', keepGenerator, 'keep', generator], { timeout });
}

const generatorFile = '/etc/grub.d/00_0_virtgauge';
const keepGenerator = `[ -d /etc/grub.d ] || exit 0
printf '%s' "$1" > ${generatorFile} && chmod 755 ${generatorFile} && sync ${generatorFile}`;

/**
 * Takes the hook and the conversion's folder away again.
 * @throws UserError if they are another conversion's: they are left then
 */
export async function clearBootPath(
  shell: Shell,
  { config, folder, ...whose }: Pick<BootPath, 'config' | 'folder' | 'token'>,
): Promise<void> {
  await expectOwn(shell, { folder, ...whose });
  await replaceConfig(shell, { config }, withoutHook);
  await shell.run(['rm', '-rf', '--', folder, generatorFile], { timeout });
}

async function replaceConfig(
  shell: Shell,
  { config }: Pick<BootPath, 'config'>,
  change: (text: string) => string,
): Promise<void> {
  const text = (await shell.readFile(config)).toString('utf8');
  const changed = change(text);
  if (changed === text) return;
  const fresh = `${config}.virtgauge`;
  await shell.writeFile(fresh, changed);
  const script = 'sync "$1" && mv -f -- "$1" "$2" && sync "$2" && sync';
  await shell.run(['sh', '-c', script, 'replace', fresh, config], { timeout });
}

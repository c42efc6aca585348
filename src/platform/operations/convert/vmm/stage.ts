import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import { CommandError, type Shell } from '../../../remote/shell.ts';
import type { SourceFacts } from '../conversion.ts';
import { makeOrder, vmmArguments, type VmmOrder } from '../vmm-image/order.ts';
import type { VmmImage, VmmMode } from '../vmm-image/vmm.ts';

/** Seconds for a command on the source; loading moves some 100 MB. */
const timeout = 120;

/** A VMM on the disk of its machine, not loaded yet. */
export interface StagedVmm {
  /** Folder of the source with `vmlinuz` and `initramfs`, as a boot loader wants them. */
  folder: string;
  /** kexec as it is called there. */
  kexec: readonly [string, ...string[]];
  /** Arguments of its kernel. */
  append: string;
}

export interface StageRequest {
  image: VmmImage;
  mode: VmmMode;
  order: Omit<VmmOrder, 'facts'>;
  facts: SourceFacts;
  /** Folder of the controller for what is packed; it holds private keys. */
  work: string;
  /** Folder of the source; it exists. */
  folder: string;
}

/**
 * Brings a VMM to the source while its service runs: kernel, image with the order, and kexec where the
 * source has none.
 * @param local shell of this machine
 * @throws CommandError if the source has no space for it
 */
export async function stageVmm(
  local: Shell,
  source: Shell,
  { image, mode, order, facts, work, folder }: StageRequest,
): Promise<StagedVmm> {
  const packed = join(work, 'initramfs');
  const archive = join(work, 'order');
  try {
    await makeOrder(local, image, { ...order, facts }, archive);
    await writeFile(packed, '', { mode: 0o600 });
    const concatenate = 'cat -- "$1" "$2" > "$3"';
    await local.run(['sh', '-c', concatenate, 'join', image.initramfs, archive, packed]);
    await source.upload(packed, posix.join(folder, 'initramfs'));
  } finally {
    await Promise.all([rm(packed, { force: true }), rm(archive, { force: true })]);
  }
  await source.upload(image.kernel, posix.join(folder, 'vmlinuz'));
  if (image.unpacked !== undefined && !facts.lockdown) {
    await source.upload(image.unpacked, posix.join(folder, 'vmlinux'));
  }
  const kexec = await bringKexec(source, image, folder);
  // A power cut must find all of it.
  await source.run(['sync'], { timeout });
  return { folder, kexec, append: vmmArguments(mode, facts) };
}

async function bringKexec(
  source: Shell,
  image: VmmImage,
  folder: string,
): Promise<StagedVmm['kexec']> {
  try {
    await source.run(['kexec', '--version'], { timeout });
    return ['kexec'];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
  const there = posix.join(folder, 'kexec');
  await source.run(['mkdir', '-p', '--', there], { timeout });
  for (const name of await readdir(image.kexec)) {
    await source.upload(join(image.kexec, name), posix.join(there, name));
  }
  return [posix.join(there, 'loader'), ...['--library-path', there, posix.join(there, 'kexec')]];
}

/**
 * Loads a staged VMM into the running kernel: from now on it is one call away.
 * @throws UserError if the kernel does not take it
 */
export async function loadVmm(
  source: Shell,
  { folder, kexec, append }: StagedVmm,
  { lockdown }: Pick<SourceFacts, 'lockdown'>,
): Promise<void> {
  const initrd = `--initrd=${posix.join(folder, 'initramfs')}`;
  const line = `--command-line=${append}`;
  const image = posix.join(folder, 'vmlinuz');
  const unpacked = posix.join(folder, 'vmlinux');
  const whole = lockdown ? ['-s', '-l', image] : ['-i', '-l', image];
  const script = 'file=$1; shift; [ -f "$file" ] || exit 2; "$@" && rm -f -- "$file"';
  // Uncompressed where there is one: the kernel would take seconds to unpack itself.
  const fast = [...kexec, '-i', '-l', unpacked, '--args-linux', initrd, line];
  try {
    await source.run(['sh', '-c', script, 'load', unpacked, ...fast], { timeout });
    return;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
  try {
    const [program, ...first] = kexec;
    await source.run([program, ...first, ...whole, initrd, line], { timeout });
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    throw new UserError(
      {
        where: source.host,
        message: `expected its kernel to load another one by kexec, got: ${cause.stderr.trim().split('\n').at(-1) ?? cause.message}`,
        remedy:
          'Check /sys/kernel/security/lockdown and kernel.kexec_load_disabled there, and its free memory.',
      },
      { cause },
    );
  }
}

/** Takes a loaded VMM out of the kernel again; that none is loaded is no error. */
export async function unloadVmm(source: Shell, { kexec }: Pick<StagedVmm, 'kexec'>): Promise<void> {
  const [program, ...first] = kexec;
  await source.run([program, ...first, '-u'], { timeout }).catch(() => undefined);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { deviceNumber, needsQemu, type XenDisk } from './domain/disk.ts';

/** Seconds in which QEMU must have opened a disk. */
const openLimit = 30;

/** Of a backend in xenstore (xen/include/public/io/xenbus.h): it waits for the guest, or has it. */
const open = ['2', '3', '4'];

/**
 * xl does not say whether QEMU could open a disk: the guest would wait for it, in vain. Resolves once
 * it has.
 * @param domain name of the domain, as its QEMU's log has it
 * @throws UserError for what this QEMU cannot do; Error in its own words
 */
export async function expectQemuDisk(
  shell: Shell,
  id: number,
  disk: XenDisk,
  name: string,
  domain: string,
): Promise<void> {
  if (!needsQemu(disk)) return;
  const path = `/local/domain/0/backend/qdisk/${id}/${deviceNumber(name)}/state`;
  const look =
    'xenstore-read "$1" 2>/dev/null || echo 0; grep -v "^char device" "$2" 2>/dev/null | tail -n 4; true';
  const log = `/var/log/xen/qemu-dm-${domain}.log`;
  const deadline = performance.now() + openLimit * 1000;
  for (;;) {
    const argv = ['sh', '-c', look, 'sh', path, log] as const;
    const { stdout } = await shell.run(argv, { timeout: 20 });
    const [state = '', ...said] = stdout.trim().split('\n');
    if (open.includes(state)) return;
    const words = said.join('; ').replaceAll(/\S*qemu-system-\w+: /g, '');
    if (/failed to create/.test(words)) throw whyNotOpened(shell.host, disk, words);
    if (performance.now() > deadline) {
      throw new Error(
        `QEMU did not open ${disk.path} within ${openLimit} s${words === '' ? '' : `: ${words}`}`,
      );
    }
    await sleep(50);
  }
}

/** @param words of QEMU */
export function whyNotOpened(host: string, { path, format }: XenDisk, words: string): Error {
  if (/aio=native was specified, but is not supported/.test(words)) {
    return new UserError({
      message: `cache: expected a QEMU with Linux AIO on ${host}, without which Xen's disks in ${format} cannot be opened past the cache of dom0`,
      remedy: 'Use cache: writeback, or format: raw, which the kernel of dom0 serves.',
    });
  }
  return new Error(`QEMU did not open ${path}: ${words}`);
}

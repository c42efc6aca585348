import type { Shell } from '../../remote/shell.ts';
import type { GuestSpec } from '../hypervisor.ts';
import { deviceNumber, diskName, needsQemu, type XenDisk } from './domain/disk.ts';

/**
 * Xen's hotplug script puts a raw file behind a loop device that goes through dom0's page cache. For
 * cache none that is switched to direct I/O, before the guest has read anything.
 * @throws CommandError where the file system of the file cannot do direct I/O
 */
export async function setDirectIo(
  shell: Shell,
  id: number,
  disk: XenDisk,
  name: string,
): Promise<void> {
  if (disk.cache !== 'none' || needsQemu(disk)) return;
  const backend = `/local/domain/0/backend/vbd/${id}/${deviceNumber(name)}`;
  // A block device has no node: it goes around the cache anyway.
  const script =
    'node=$(xenstore-read "$1/node" 2>/dev/null) || exit 0; ' +
    'case $node in /dev/loop*) losetup --direct-io=on "$node" ;; esac';
  await shell.run(['sh', '-c', script, 'sh', backend], { timeout: 20 });
}

/** The same for the disk that a guest starts with. */
export function setDirectIoOf(shell: Shell, id: number, { disk }: GuestSpec): Promise<void> {
  return setDirectIo(shell, id, disk, diskName(0));
}

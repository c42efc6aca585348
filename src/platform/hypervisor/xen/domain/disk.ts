import { UserError } from '../../../../base/errors.ts';
import type { DiskSpec } from '../../hypervisor.ts';

/** What of a disk matters to Xen. */
export type XenDisk = Pick<DiskSpec, 'path' | 'format' | 'cache'>;

/** Names of disks in the guest, in order. */
export function diskName(index: number): string {
  return `xvd${String.fromCharCode('a'.charCodeAt(0) + index)}`;
}

/** Last of its kind: the guest's own disks come before it. */
export const seedName = diskName(25);

/** Xen's number of a disk `xvda` … `xvdp` (docs/misc/xen-vbd-interface): major 202, 16 minors each. */
export function deviceNumber(name: string): number {
  return 202 * 256 + (name.charCodeAt(3) - 'a'.charCodeAt(0)) * 16;
}

/** Whether dom0 needs QEMU for a disk; the kernel serves the others. */
export function needsQemu({ format }: XenDisk): boolean {
  return format !== 'raw';
}

/**
 * A disk in xl's words (xl-disk-configuration(5)).
 * @param script a hotplug script instead of Xen's own; for disks that the kernel serves
 * @throws UserError for a cache mode that none of Xen's backends has
 */
export function diskText(
  disk: XenDisk,
  name: string,
  { readOnly = false, script }: { readOnly?: boolean; script?: string | undefined } = {},
): string {
  expectCache(disk.cache);
  return [
    ...[`format=${disk.format}`, `vdev=${name}`, `access=${readOnly ? 'ro' : 'rw'}`],
    ...(needsQemu(disk) ? ['backendtype=qdisk'] : []),
    // Lets QEMU open it with O_DIRECT; of a raw one in a file, the loop device is told later.
    ...(disk.cache === 'none' && needsQemu(disk) ? ['direct-io-safe'] : []),
    ...(script === undefined || needsQemu(disk) ? [] : [`script=${script}`]),
    // Takes all that follows, commas too.
    `target=${disk.path}`,
  ].join(',');
}

function expectCache(cache: DiskSpec['cache']): void {
  if (cache === 'none' || cache === 'writeback') return;
  throw new UserError({
    message: `cache: expected none or writeback for guests of Xen, got ${cache}`,
    remedy: "Xen's backends know no other: choose one of them, or another hypervisor.",
  });
}

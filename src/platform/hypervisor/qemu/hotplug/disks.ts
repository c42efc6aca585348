import type { DiskSpec, Guest } from '../../hypervisor.ts';
import { diskNames } from '../../hotplug.ts';
import { monitorOf } from '../monitor.ts';
import { QmpError } from '../qmp.ts';
import { deviceIds, diskId, ownDisks } from './devices.ts';
import { freePort } from './free-port.ts';
import { unplug } from './unplug.ts';

/** @returns the name that the guest will give it: the first that is free, as Linux counts */
export async function attachDisk(
  guest: Guest,
  disk: Pick<DiskSpec, 'path' | 'format' | 'cache'>,
): Promise<string> {
  const qmp = monitorOf(guest);
  const ids = await deviceIds(qmp);
  const own = ownDisks(guest.spec);
  const name = diskNames('vd').find((each) => !own.includes(each) && !ids.includes(diskId(each)));
  if (name === undefined) throw new Error('a guest has at most 26 disks here');
  const id = diskId(name);
  const node = `node-${id}`;
  const { path: filename, format, cache: mode } = disk;
  const cache = {
    direct: mode === 'none' || mode === 'directsync',
    'no-flush': mode === 'unsafe',
  };
  const file = { driver: 'file' as const, filename, cache };
  await qmp.execute('blockdev-add', { driver: format, 'node-name': node, cache, file });
  try {
    await qmp.execute('device_add', {
      ...{ driver: 'virtio-blk-pci', id, drive: node, werror: 'report', rerror: 'report' },
      'write-cache': mode === 'writethrough' || mode === 'directsync' ? 'off' : 'on',
      ...(await freePort(qmp, guest)),
    });
  } catch (error) {
    if (error instanceof QmpError) await qmp.execute('blockdev-del', { 'node-name': node });
    throw error;
  }
  return name;
}

export async function detachDisk(guest: Guest, name: string): Promise<void> {
  const qmp = monitorOf(guest);
  if (!(await deviceIds(qmp)).includes(diskId(name))) {
    throw new Error(`${guest.spec.name} has no disk ${name} that was added`);
  }
  await unplug(qmp, diskId(name));
  await qmp.execute('blockdev-del', { 'node-name': `node-${diskId(name)}` });
}

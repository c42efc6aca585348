import { randomUUID } from 'node:crypto';
import type { Guest } from '../../hypervisor.ts';
import type { MemoryDevice } from '../../hotplug.ts';
import { monitorOf } from '../monitor.ts';
import { QmpError, type Qmp } from '../qmp.ts';
import { peripherals } from './devices.ts';
import { memoryRoom } from './reserve.ts';
import { unplug } from './unplug.ts';

/**
 * Gives a guest this much memory, counted with what it was started with.
 * @throws Error if it was not started for that; GuestRefused if it keeps a module
 */
export async function setMemory(
  guest: Guest,
  bytes: number,
  by: MemoryDevice = 'virtio-mem',
): Promise<void> {
  const qmp = monitorOf(guest);
  const { spec } = guest;
  if (spec.maximum === undefined) {
    throw new Error(`${spec.name} was started without room for other memory`);
  }
  if (by === 'balloon') {
    await qmp.execute('balloon', { value: bytes });
    return;
  }
  const added = bytes - spec.memory;
  if (added < 0 || bytes > spec.maximum.memory) {
    throw new Error(
      `expected ${spec.memory} to ${spec.maximum.memory} bytes for ${spec.name} by ${by}, got ${bytes}`,
    );
  }
  if (by === 'virtio-mem') {
    const path = `${peripherals}/${memoryRoom.device}`;
    await qmp.execute('qom-set', { path, property: 'requested-size', value: added });
  } else {
    await setModules(qmp, added);
  }
}

/** @param added bytes that all modules together shall have */
async function setModules(qmp: Qmp, added: number): Promise<void> {
  const modules = (await qmp.execute('query-memory-devices', {})).filter(
    ({ type }) => type === 'dimm',
  );
  let now = modules.reduce((sum, { data }) => sum + data.size, 0);
  if (added > now) return addModule(qmp, added - now);
  while (now > added) {
    // QEMU lists them by address: the last came last.
    const last = modules.pop();
    const { id, size, memdev } = last?.data ?? { id: undefined, size: 0, memdev: '' };
    if (id === undefined || now - size < added) {
      throw new Error(`modules of memory go as they came: the last of them has ${size} bytes`);
    }
    await unplug(qmp, id);
    await qmp.execute('object-del', { id: memdev.split('/').at(-1) ?? '' });
    now -= size;
  }
}

async function addModule(qmp: Qmp, size: number): Promise<void> {
  const id = `dimm-${randomUUID().slice(0, 8)}`;
  const memdev = `${id}-ram`;
  await qmp.execute('object-add', { 'qom-type': 'memory-backend-ram', id: memdev, size });
  try {
    await qmp.execute('device_add', { driver: 'pc-dimm', id, memdev });
  } catch (error) {
    if (error instanceof QmpError) await qmp.execute('object-del', { id: memdev });
    throw error;
  }
}

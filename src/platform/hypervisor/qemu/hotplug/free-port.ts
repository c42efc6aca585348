import type { Guest } from '../../hypervisor.ts';
import type { Qmp } from '../qmp.ts';
import { deviceIds, peripherals } from './devices.ts';
import { ports } from './reserve.ts';

/**
 * Where the next device goes: on q35 into a port that is free, else wherever QEMU finds a place.
 * @throws Error if all ports are taken
 */
export async function freePort(qmp: Qmp, { spec }: Guest): Promise<{ bus?: string }> {
  if (spec.machine !== 'q35' || spec.maximum === undefined) return {};
  const added = (await deviceIds(qmp)).filter((id) => /^(disk|nic)-/.test(id));
  const buses = await Promise.all(
    added.map((id) =>
      qmp.execute('qom-get', { path: `${peripherals}/${id}`, property: 'parent_bus' }),
    ),
  );
  const taken = buses.map((bus) => String(bus).split('/').at(-1));
  const bus = ports.find((port) => !taken.includes(port));
  if (bus === undefined) {
    throw new Error(`${spec.name} can get at most ${ports.length} devices, and has them`);
  }
  return { bus };
}

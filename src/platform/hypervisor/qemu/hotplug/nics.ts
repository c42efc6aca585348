import type { Guest, GuestSpec } from '../../hypervisor.ts';
import { tapName } from '../command-line.ts';
import { monitorOf } from '../monitor.ts';
import { QmpError } from '../qmp.ts';
import { deviceIds, nicId } from './devices.ts';
import { freePort } from './free-port.ts';
import { unplug } from './unplug.ts';

export async function attachNic(
  guest: Guest,
  { mac, network }: { mac: string; network: GuestSpec['network'] },
): Promise<void> {
  const qmp = monitorOf(guest);
  const id = nicId(mac);
  const netdev = `net-${id}`;
  if (network.kind === 'user') {
    await qmp.execute('netdev_add', { type: 'user', id: netdev });
  } else {
    const ifname = tapName(mac);
    await qmp.execute('netdev_add', {
      ...{ type: 'tap', id: netdev, ifname, script: 'no', downscript: 'no' },
    });
    const { shell } = guest.host;
    await shell.run(['ip', 'link', 'set', ifname, 'master', network.bridge, 'up']);
  }
  try {
    const port = await freePort(qmp, guest);
    await qmp.execute('device_add', {
      ...{ driver: 'virtio-net-pci', id, netdev, mac, romfile: '', ...port },
    });
  } catch (error) {
    if (error instanceof QmpError) await qmp.execute('netdev_del', { id: netdev });
    throw error;
  }
}

export async function detachNic(guest: Guest, mac: string): Promise<void> {
  const qmp = monitorOf(guest);
  const id = nicId(mac);
  if (!(await deviceIds(qmp)).includes(id)) {
    throw new Error(`${guest.spec.name} has no interface ${mac} that was added`);
  }
  await unplug(qmp, id);
  await qmp.execute('netdev_del', { id: `net-${id}` });
}

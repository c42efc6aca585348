import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { hardwareAddress, planBase, type Draw, type LabBase } from '../lab-plan.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { addressIn } from '../subnet.ts';

/** One machine of a lab, with all that its QEMU is started by. */
export type MachineHost = MachinesRecord['hosts'][number];

/** First byte of network cards' hardware addresses; bridges of hosts have another. */
const cardByte = 0x06;

/** Names, addresses and places of a lab's machines: `h1`, `h2`, … in the order asked for. */
export function planMachines(
  draw: Draw,
  machines: readonly Pick<MachineHost, 'machine' | 'image' | 'memory'>[],
): LabBase & { hosts: MachineHost[] } {
  const base = planBase(draw);
  return {
    ...base,
    hosts: machines.map((machine, index) => {
      const name = `h${index + 1}`;
      return {
        ...{ name, ...machine },
        address: addressIn(base.subnet, index + 1),
        port: `${base.uplink}${name}`,
        mac: hardwareAddress(base, index + 1, cardByte),
        folder: join(base.folder, name),
      };
    }),
  };
}

/** Files of a machine, in its folder. */
export function machineFiles({ folder }: Pick<MachineHost, 'folder'>) {
  return {
    disk: join(folder, 'disk.qcow2'),
    console: join(folder, 'console.log'),
    /** Number of its QEMU process. */
    pid: join(folder, 'pid'),
    /** What QEMU itself has said. */
    log: join(folder, 'qemu.log'),
    monitor: join(folder, 'monitor.sock'),
    /** The port by which a machine is told who it is. */
    port: join(folder, 'machine.sock'),
  };
}

/** @throws UserError if the lab has no such host */
export function hostOf(lab: MachinesRecord, name: string): MachineHost {
  const host = lab.hosts.find((each) => each.name === name);
  if (host !== undefined) return host;
  const names = lab.hosts.map((each) => each.name).join(', ');
  throw new UserError({ message: `lab ${lab.name}: expected a host of ${names}, got ${name}` });
}

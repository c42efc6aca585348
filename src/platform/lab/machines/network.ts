import type { Shell } from '../../remote/shell.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { limitLink } from '../link-rate.ts';
import { bridge, ip, makeSwitch } from '../network.ts';

/**
 * Makes a lab's switch and a tap on it for each machine, as its QEMU opens it in the switch's
 * namespace. Where wires are capped, each is one, from the switch to a bridge with the tap: a tap's
 * own cap would hold in one direction only.
 */
export async function makeMachineNetwork(shell: Shell, lab: MachinesRecord): Promise<void> {
  const { switchNamespace, hosts, linkRate } = lab;
  await makeSwitch(shell, lab);
  await ip(
    shell,
    hosts.flatMap(({ port }) => [
      `tuntap add ${port} mode tap`,
      ...(linkRate === undefined ? [`link set ${port} master switch up`] : wired(port)),
    ]),
    switchNamespace,
  );
  if (linkRate === undefined) return;
  const ends = hosts.flatMap(({ port }) => [port, `${port}w`]);
  const devices = ends.map((name) => ({ namespace: switchNamespace, name }));
  await limitLink(shell, devices, linkRate);
}

function wired(port: string): string[] {
  return [
    ...bridge(`${port}b`),
    `link set ${port} master ${port}b up`,
    `link add ${port}w type veth peer name ${port}s`,
    `link set ${port}w master ${port}b up`,
    `link set ${port}s master switch up`,
  ];
}

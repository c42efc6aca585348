import type { Shell } from '../../remote/shell.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { limitLink, unlimitLink, type Device } from '../link-rate.ts';
import { bridge, ip, makeSwitch } from '../network.ts';
import { hostOf, type MachineHost } from './plan.ts';

/**
 * Makes a lab's switch and a wire from it to each machine, whose QEMU opens the tap at its end in the
 * switch's namespace. A wire ends at a bridge with the tap: a tap's own cap would hold in one direction
 * only.
 */
export async function makeMachineNetwork(shell: Shell, lab: MachinesRecord): Promise<void> {
  const { switchNamespace, hosts, linkRate } = lab;
  await makeSwitch(shell, lab);
  await ip(
    shell,
    hosts.flatMap(({ port }) => [`tuntap add ${port} mode tap`, ...wired(port)]),
    switchNamespace,
  );
  if (linkRate !== undefined) await limitLink(shell, hosts.flatMap(endsOf(lab)), linkRate);
}

/**
 * Caps the wire of one machine in both directions, in bytes a second, or gives it back what the lab's
 * wires have.
 * @throws UserError if the lab has no such host
 */
export async function capWire(
  shell: Shell,
  lab: MachinesRecord,
  host: string,
  bytesPerSecond: number | undefined,
): Promise<void> {
  const ends = endsOf(lab)(hostOf(lab, host));
  const rate = bytesPerSecond ?? lab.linkRate;
  await (rate === undefined ? unlimitLink(shell, ends) : limitLink(shell, ends, rate));
}

/** Where what goes to a machine, and what comes from it, is sent on. */
function endsOf({ switchNamespace: namespace }: MachinesRecord) {
  return ({ port }: MachineHost): Device[] => [
    { namespace, name: port },
    { namespace, name: `${port}w` },
  ];
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

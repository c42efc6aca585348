import type { Shell } from '../../remote/shell.ts';
import type { Guest, GuestSpec } from '../hypervisor.ts';
import { bridgedService, forwardedService } from '../qemu/service-address.ts';
import { virsh } from './virsh.ts';

/** What libvirt calls the guest's only interface, on the side of the host. */
const backend = 'hostnet0';

/** Where the guest's service is reached; forwards free ports to it on the user network. */
export async function serviceAddress(
  shell: Shell,
  name: string,
  spec: GuestSpec,
): Promise<Guest['service']> {
  if (spec.network.kind === 'bridge') return bridgedService(spec);
  const monitor = (command: string) =>
    virsh(shell, ['qemu-monitor-command', '--hmp', name, command]);
  const before = await monitor('info usernet');
  // Whoever had the guest before has forwarded them already.
  if (before.includes('HOST_FORWARD')) return forwardedService(before);
  // libvirt's user network knows no forwarding. Port 0: the system picks a free one.
  for (const forward of ['udp:127.0.0.1:0-:7', 'tcp:127.0.0.1:0-:80']) {
    const said = await monitor(`hostfwd_add ${backend} ${forward}`);
    if (said !== '') throw new Error(`QEMU does not forward ${forward}: ${said}`);
  }
  return forwardedService(await monitor('info usernet'));
}

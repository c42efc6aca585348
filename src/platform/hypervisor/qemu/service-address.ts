import type { Shell } from '../../remote/shell.ts';
import type { Guest, GuestSpec, ServiceAddress } from '../hypervisor.ts';
import { tapName } from './command-line.ts';
import type { Qmp } from './qmp.ts';

/** Where the guest's service is reached; puts its tap on the bridge, if it has one. */
export async function serviceAddress(
  shell: Shell,
  qmp: Qmp,
  spec: GuestSpec,
): Promise<Guest['service']> {
  if (spec.network.kind === 'user') {
    const command = { 'command-line': 'info usernet' };
    return forwardedService(await qmp.execute('human-monitor-command', command));
  }
  const { bridge } = spec.network;
  await shell.run(['ip', 'link', 'set', tapName(spec.mac), 'master', bridge, 'up']);
  return bridgedService(spec);
}

/** @param text what QEMU answers to `info usernet` */
export function forwardedService(text: string): Guest['service'] {
  const port = (protocol: string): ServiceAddress => {
    const match = new RegExp(`${protocol}\\[HOST_FORWARD\\]\\s+\\d+\\s+(\\S+)\\s+(\\d+)`).exec(
      text,
    );
    if (!match) throw new Error(`QEMU forwards no ${protocol} port: ${text}`);
    return { host: match[1] ?? '', port: Number(match[2]) };
  };
  return { udp: port('UDP'), http: port('TCP') };
}

/**
 * On a bridge a guest without an address of its own is reached by its link-local IPv6 address, which
 * follows from its MAC: no address plan is needed.
 */
export function bridgedService({ network, mac }: GuestSpec): Guest['service'] {
  if (network.kind !== 'bridge') throw new Error('expected a bridge');
  const host = network.address?.split('/')[0] ?? `${linkLocalAddress(mac)}%${network.bridge}`;
  return { udp: { host, port: 7 }, http: { host, port: 80 } };
}

/** The link-local IPv6 address made from a MAC (RFC 4291, appendix A). */
export function linkLocalAddress(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac
    .split(':')
    .map((part) => parseInt(part, 16));
  const words = [(a ^ 2) * 256 + b, c * 256 + 0xff, 0xfe00 + d, e * 256 + f];
  return `fe80::${words.map((word) => word.toString(16)).join(':')}`;
}

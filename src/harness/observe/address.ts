import { isIP } from 'node:net';
import type { ServiceAddress } from '../../platform/hypervisor/hypervisor.ts';

/**
 * As `vg-host` takes it: `10.0.0.9:7`, `[fe80::1%eth0]:7`.
 * @throws Error if the service is not named by its address
 */
export function writtenAddress({ host, port }: ServiceAddress): string {
  const version = isIP(host.split('%')[0] ?? '');
  if (version === 0) throw new Error(`expected the address of a service, got ${host}`);
  return version === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

import type { GuestControl } from '../guest/control/control.ts';
import type { Forwarding } from './front.ts';

type Runner = Pick<GuestControl, 'run'>;

/** Of the micro guest, in the order in which they depend on each other. */
const modules = [
  ...['libcrc32c', 'nf_defrag_ipv4', 'nf_defrag_ipv6', 'nf_conntrack'],
  ...['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_wlc'],
];

/**
 * Makes a guest on a bridge a director: IPVS is loaded, and the addresses of the services are its own.
 * @param addresses IPv4, of the services
 * @throws Error with the guest's words, where its kernel has no IPVS
 */
export async function makeDirector(
  director: Runner,
  { addresses, forwarding }: { addresses: readonly string[]; forwarding: Forwarding },
): Promise<void> {
  const files = modules.map((name) => `/lib/modules/${name}.ko`).join(' ');
  await sh(
    director,
    `if [ -e /lib/modules/ip_vs.ko ]; then vg-guest load-modules ${files}
else modprobe ip_vs && modprobe ip_vs_wrr; fi
[ -e /proc/net/ip_vs ] || { echo "its kernel has no IPVS" >&2; exit 1; }
cd /proc/sys/net/ipv4
for at in all default eth0; do echo 0 > conf/$at/send_redirects; echo 0 > conf/$at/rp_filter; done
${forwarding === 'nat' ? 'echo 1 > ip_forward' : ''}
${addresses
  // Whoever knew the address of another director learns of this one.
  .map(
    (address) =>
      `ip addr add ${address}/32 dev eth0; arping -q -U -c 2 -I eth0 -s ${address} ${address} || :`,
  )
  .join('\n')}`,
  );
}

/**
 * Lets a guest on the same bridge serve behind the director.
 * @param address IPv4, of the service
 * @param clients IPv4 addresses whose answers go back by the director; only NAT needs that
 */
export async function makeRealServer(
  server: Runner,
  {
    address,
    director,
    clients,
    forwarding,
  }: { address: string; director: string; clients: readonly string[]; forwarding: Forwarding },
): Promise<void> {
  await sh(
    server,
    forwarding === 'dr'
      ? // It has the service's address, but tells nobody on the wire.
        `cd /proc/sys/net/ipv4/conf
for at in all lo eth0; do echo 1 > $at/arp_ignore; echo 2 > $at/arp_announce; done
ip addr add ${address}/32 dev lo`
      : `echo 0 > /proc/sys/net/ipv4/conf/eth0/accept_redirects
${clients.map((client) => `ip route replace ${client}/32 via ${director} dev eth0`).join('\n')}`,
  );
}

async function sh(runner: Runner, script: string): Promise<void> {
  const { code, stdout, stderr } = await runner.run(['sh', '-ec', script], { timeout: 60 });
  if (code !== 0) throw new Error(stderr.trim() || stdout.trim() || `code ${code}`);
}

import type { MachinesRecord } from '../lab-record.ts';
import { keyFiles } from '../keys.ts';
import { formatBitRate } from '../../../base/bit-rate.ts';
import { addressIn, guestNumbers } from '../subnet.ts';
import { nfsServer } from './identify.ts';
import { machineFiles } from './plan.ts';

/** What runs guests on a machine of each kind; on plain ones nothing: they are converted. */
const hypervisors = { xen: ['xen'], kvm: ['qemu'], plain: [] } as const;

/** The inventory of a lab of machines, as a user would write it (JSON is YAML). */
export function machinesInventoryText(lab: MachinesRecord): string {
  const { subnet, hosts, name, token, shared, accelerator, linkRate } = lab;
  const { key, knownHosts } = keyFiles(lab);
  const entry = (host: (typeof hosts)[number]) =>
    JSON.stringify({
      ...{ address: host.address, user: 'root', key, knownHosts, bridge: 'br0' },
      hypervisors: hypervisors[host.machine],
      ...(accelerator === 'tcg' && { emulated: true }),
      // Not on tmpfs, which has no O_DIRECT.
      ...{ runtime: '/var/lib/vg', cache: '/var/lib/vg/cache' },
      console: machineFiles(host).console,
      storages: {
        local: { kind: 'local', path: '/var/lib/vg' },
        ...(shared &&
          host.machine !== 'plain' && {
            shared: { kind: 'nfs', path: '/mnt/shared', serverMemory: nfsServer(lab).memory },
          }),
      },
    });
  const { first, last } = guestNumbers;
  const how = accelerator === 'tcg' ? 'under software emulation' : 'in nested virtualization';
  return [
    `# Made by "virtgauge lab up"; goes with "virtgauge lab down ${name}".`,
    ...(linkRate === undefined
      ? []
      : [`# Each host's wire carries at most ${formatBitRate(linkRate)} in each direction.`]),
    'hosts:',
    ...hosts.map((host) => `  ${host.name}: ${entry(host)}`),
    `guests: { addresses: ${addressIn(subnet, first)}-${addressIn(subnet, last)}/24 }`,
    `lab: ${JSON.stringify({ name, token })}`,
    `standIn: machines ${how} on one machine`,
    '',
  ].join('\n');
}

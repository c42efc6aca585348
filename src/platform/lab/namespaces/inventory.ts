import { join } from 'node:path';
import { formatBytes } from '../../../base/units.ts';
import type { LabPlan } from './plan.ts';
import { addressIn, guestNumbers } from '../subnet.ts';
import { formatBitRate } from '../../../base/bit-rate.ts';
import type { LabRequest } from './request.ts';
import { sharedPath } from './shared.ts';

type Shown = 'shared' | 'cache' | 'linkRate' | 'diskRate';

/** The inventory of a lab, as a user would write it (JSON is YAML). */
export function labInventoryText(
  plan: LabPlan,
  { shared, cache, linkRate, diskRate }: Pick<LabRequest, Shown>,
): string {
  const { subnet, folder, hosts, name, token } = plan;
  const kind = shared === 'moosefs' ? 'moosefs' : 'shared-directory';
  const entry = (address: string) =>
    JSON.stringify({
      address,
      user: 'root',
      key: join(folder, 'keys', 'id'),
      knownHosts: join(folder, 'keys', 'known_hosts'),
      bridge: 'br0',
      cache,
      storages: {
        local: { kind: 'local', path: '/srv/local' },
        ...(shared && { shared: { kind, path: sharedPath } }),
      },
    });
  const { first, last } = guestNumbers;
  return [
    `# Made by "virtgauge lab up"; goes with "virtgauge lab down ${name}".`,
    ...(linkRate === undefined
      ? []
      : [`# Each host's wire carries at most ${formatBitRate(linkRate)} in each direction.`]),
    ...(diskRate === undefined
      ? []
      : [`# Each host reads and writes at most ${formatBytes(diskRate)}/s each on its disk.`]),
    'hosts:',
    ...hosts.map(({ name, address }) => `  ${name}: ${entry(address)}`),
    `guests: { addresses: ${addressIn(subnet, first)}-${addressIn(subnet, last)}/24 }`,
    `lab: ${JSON.stringify({ name, token })}`,
    'standIn: namespaces of one machine',
    '',
  ].join('\n');
}

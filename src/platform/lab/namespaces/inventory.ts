import { join } from 'node:path';
import { addressIn, guestNumbers, type LabPlan } from './plan.ts';
import { sharedPath } from './shared.ts';

/** The inventory of a lab, as a user would write it (JSON is YAML). */
export function labInventoryText(
  plan: LabPlan,
  { shared, cache }: { shared?: 'directory' | 'moosefs' | undefined; cache: string },
): string {
  const { subnet, folder, hosts, name } = plan;
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
    'hosts:',
    ...hosts.map(({ name, address }) => `  ${name}: ${entry(address)}`),
    `guests: { addresses: ${addressIn(subnet, first)}-${addressIn(subnet, last)}/24 }`,
    `lab: ${name}`,
    'standIn: namespaces of one machine',
    '',
  ].join('\n');
}

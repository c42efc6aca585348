import { UserError } from '../../base/errors.ts';
import { didYouMean } from '../../base/yaml/closest.ts';
import type { AddressRange } from '../../platform/remote/inventory/address-range.ts';
import { loadInventory, type Inventory } from '../../platform/remote/inventory/load.ts';
import type { HostEntry } from '../../platform/remote/inventory/schema.ts';
import { readInventory } from '../host-options.ts';

/** The two ends of a conversion, before they are reached. */
export interface Ends {
  source: HostEntry;
  target?: HostEntry;
  /** For guests; what runs on the machine meanwhile takes one as well. */
  vmmAddresses?: AddressRange;
  /** What the hosts really are, where they stand in for machines. */
  standIn?: string;
}

interface Asked {
  /** Names of the inventory; without one `[user@]address[:port]`. */
  source: string;
  target?: string | undefined;
  /** As `--hosts` has it. */
  hosts?: string | undefined;
}

/**
 * Finds the source and the target.
 * @throws UserError if one is not in the inventory, is no login, or both are one
 */
export function endsOf({ source, target, hosts }: Asked): Ends {
  if (source === target) throw sameHost(target);
  if (hosts === undefined) return endsAt(login(source, 'SOURCE'), target);
  const inventory = readInventory(hosts);
  return {
    source: entry(inventory, source, 'SOURCE'),
    ...(target !== undefined && { target: entry(inventory, target, '--target') }),
    ...(inventory.guestAddresses && { vmmAddresses: inventory.guestAddresses }),
    ...(inventory.standIn !== undefined && { standIn: inventory.standIn }),
  };
}

function entry({ hosts, file }: Inventory, name: string, what: string): HostEntry {
  const found = hosts.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = hosts.map((each) => each.name);
  const hint = didYouMean(name, names);
  throw new UserError({
    message: `${what}: expected a host of ${file} (${names.join(', ')}), got ${name}`,
    ...(hint !== undefined && { remedy: hint }),
  });
}

/** Ends that are written on the command line. */
function endsAt(source: Login, target: string | undefined): Ends {
  const to = target === undefined ? undefined : login(target, '--target');
  if (to?.name === source.name) throw sameHost(target);
  const logins = [source, ...(to === undefined ? [] : [to])];
  const hosts = Object.fromEntries(logins.map(({ name, ...way }) => [name, way]));
  const inventory = loadInventory('command line', {
    read: () => Buffer.from(JSON.stringify({ hosts })),
  });
  return {
    source: entry(inventory, source.name, 'SOURCE'),
    ...(to !== undefined && { target: entry(inventory, to.name, '--target') }),
  };
}

function sameHost(target: string | undefined): UserError {
  return new UserError({
    message: `--target: expected another host than the source, got ${target}`,
    remedy: 'Leave it out to see what the source alone allows.',
  });
}

interface Login {
  /** By its address, and by its port if that is another than 22. */
  name: string;
  address: string;
  user: string;
  port?: number;
}

function login(text: string, what: string): Login {
  const [, user = 'root', bracketed, plain, port] =
    /^(?:([A-Za-z0-9_][\w.-]*)@)?(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9][\w.-]*))(?::(\d{1,5}))?$/.exec(
      text,
    ) ?? [];
  const address = bracketed ?? plain;
  if (address !== undefined) {
    const place = port === undefined || Number(port) === 22 ? address : `${address}-${port}`;
    const name = place
      .replaceAll(/[^\w.-]/g, '-')
      .replace(/^-+/, '')
      .slice(0, 63);
    return { name, address, user, ...(port !== undefined && { port: Number(port) }) };
  }
  throw new UserError({
    message: `${what}: expected [user@]address[:port], got ${JSON.stringify(text)}`,
    remedy: 'Or name a host of an inventory: --hosts INVENTORY.',
  });
}

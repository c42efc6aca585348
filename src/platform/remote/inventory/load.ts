import { homedir, userInfo } from 'node:os';
import { errorOf, type Finding } from '../../../base/yaml/finding.ts';
import { didYouMean } from '../../../base/yaml/closest.ts';
import { expectation, findingsOf } from '../../../base/yaml/issues.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import { parseYaml } from '../../../base/yaml/parse-yaml.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import { readSource, type Read } from '../../../base/yaml/read-source.ts';
import { plain, valueSpan, type Tree } from '../../../base/yaml/tree.ts';
import { storageKinds } from '../../storage/index.ts';
import { parseAddressRange, type AddressRange } from './address-range.ts';
import { resolveHosts, type Defaults } from './resolve.ts';
import { inventorySchema, type HostEntry, type WrittenHost } from './schema.ts';
import type { Allocation } from './slurm/allocation.ts';
import { nodeEntry, nodesAsHosts } from './slurm/nodes.ts';

/** The hosts that may be used. */
export interface Inventory {
  /** The path as given. */
  file: string;
  /** In the order written: source, target, watcher. */
  hosts: HostEntry[];
  /** For guests on bridges, one each. */
  guestAddresses?: AddressRange;
  /** The lab that made it. */
  lab?: { name: string; token: string };
  /** What the hosts really are, where they stand in for machines; shown in every output. */
  standIn?: string;
  /** Set where the hosts are the nodes of a Slurm job: its id. Another job has other nodes. */
  job?: string;
}

interface LoadOptions {
  read?: Read;
  defaults?: Defaults;
  /** Its nodes are the hosts, each like the entry `slurm`. */
  allocation?: Allocation;
}

const wanted = {
  noun: 'inventory',
  missing: 'check the path; "virtgauge lab up" makes hosts with an inventory of their own',
};

/**
 * Reads and checks an inventory of hosts. Touches no host.
 * @throws UserError with every problem that could be seen at once, each with its position
 */
export function loadInventory(
  path: string,
  { read, defaults, allocation }: LoadOptions = {},
): Inventory {
  const source = readSource(path, wanted, read);
  const tree = parseYaml(source);
  if (tree === undefined) {
    const span = { source, start: 0, end: 0 };
    throw errorOf([{ span, message: 'expected an inventory, got an empty file' }]);
  }
  const parsed = inventorySchema.safeParse(plain(tree), { error: expectation });
  if (!parsed.success) throw errorOf(findingsOf(parsed.error.issues, tree, inventorySchema));
  const { guests, lab, standIn } = parsed.data;
  const nodes = allocation && nodesAsHosts(parsed.data.hosts, allocation, tree);
  const { entries, findings } = resolveHosts({
    hosts: nodes?.hosts ?? parsed.data.hosts,
    gates: parsed.data.hosts,
    ...{ tree, file: path },
    defaults: defaults ?? { user: userInfo().username, home: homedir() },
    ...(nodes && { writtenAs: (name) => (Object.hasOwn(nodes.hosts, name) ? nodeEntry : name) }),
  });
  const guestAddresses = guests && parseAddressRange(guests.addresses);
  const problems = [
    ...(nodes?.findings ?? []),
    ...findings,
    ...(allocation ? [] : sameAddresses(entries, tree)),
    ...unknownKinds(parsed.data.hosts, tree),
  ];
  if (guests !== undefined && guestAddresses === undefined) {
    problems.push({
      span: valueSpan(tree, ['guests', 'addresses']),
      message: `guests.addresses: expected FIRST-LAST/PREFIX in one network, such as 10.77.0.64-10.77.0.191/24, got ${show(guests.addresses)}`,
    });
  }
  if (problems.length > 0) throw errorOf(once(problems));
  return {
    file: path,
    hosts: entries.map((entry) => ({ ...entry, ...(lab !== undefined && { lab }) })),
    ...(guestAddresses && { guestAddresses }),
    ...(lab !== undefined && { lab }),
    ...(standIn !== undefined && { standIn }),
    ...(allocation && { job: allocation.job }),
  };
}

/** What is wrong with an entry that stands for several hosts is found with each of them. */
function once(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}

/** Two names for one machine would be taken for two machines. */
function sameAddresses(entries: readonly HostEntry[], tree: Tree): Finding[] {
  const seen = new Map<string, string>();
  return entries.flatMap(({ name, ssh }) => {
    if (ssh === undefined) return [];
    const { address, port, jump } = ssh;
    // Networks behind different gates may use the same addresses.
    const place = JSON.stringify([address, port, jump]);
    const first = seen.get(place);
    if (first === undefined) {
      seen.set(place, name);
      return [];
    }
    const path = ['hosts', name, 'address'];
    return {
      span: valueSpan(tree, path),
      message: `${showPath(path)}: expected an address of its own, got that of ${first}`,
    };
  });
}

function unknownKinds(hosts: Readonly<Record<string, WrittenHost>>, tree: Tree): Finding[] {
  const known = storageKinds();
  return Object.entries(hosts).flatMap(([name, { storages }]) =>
    Object.entries(storages).flatMap(([storage, { kind }]) => {
      if (known.includes(kind)) return [];
      const path = ['hosts', name, 'storages', storage, 'kind'];
      return {
        span: valueSpan(tree, path),
        message: `${showPath(path)}: expected ${oneOf(known)}, got ${show(kind)}`,
        hint: didYouMean(kind, known),
      };
    }),
  );
}

import { posix } from 'node:path';
import { UserError, type Problem } from '../../../base/errors.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { storageBackend } from '../../../platform/storage/index.ts';
import type { StorageBackend } from '../../../platform/storage/storage.ts';
import type { Levels } from '../../scenario/levels.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { templateStorage } from './plan-beds.ts';

/** A host, as far as it decides where storages lie. */
export type StorageHost = Pick<Host, 'name' | 'storages'> & { thisMachine: boolean };

/** Where a storage lies on one host. */
export interface StoragePlace {
  /** The directory in which a run makes its own. */
  parent: string;
  /** Hosts with the same text here see the same files. */
  island: string;
}

/** A storage of a scenario on the hosts of a run. */
export interface PlannedStorage {
  name: string;
  backend: StorageBackend;
  /** By the host's name. */
  places: Map<string, StoragePlace>;
  /** Whether its directory may be made: it is one of virtgauge's own. */
  own: boolean;
}

/**
 * Where storages lie: the scenario decides, then the inventory, then, on this machine, the cache.
 * @param names of the storages that arms use
 * @param cache of the controller
 * @throws UserError with every storage of which kind or place is not known
 */
export function planStorages(
  { storages }: Pick<Scenario, 'storages'>,
  names: readonly string[],
  hosts: readonly StorageHost[],
  cache: string,
): PlannedStorage[] {
  const problems: Problem[] = [];
  const planned = names.flatMap((name) => {
    const spec = storages[name];
    if (spec === undefined) throw new Error(`no storage called ${name}`);
    const kind = kindOf(name, spec, hosts, problems);
    if (kind === undefined) return [];
    const backend = storageBackend(kind);
    const places = new Map<string, StoragePlace>();
    let own = false;
    for (const { name: host, storages: known, thisMachine } of hosts) {
      const stored = known[name]?.path;
      let parent = spec.path ?? stored;
      if (parent === undefined && thisMachine) {
        parent = posix.join(cache, 'storage', name);
        own = true;
      }
      if (parent !== undefined && !thisMachine && !posix.isAbsolute(parent)) {
        problems.push({
          where: `storages.${name}`,
          message: `path: expected an absolute path for ${host}, got ${parent}`,
          remedy: 'Relative paths start from the current folder, which other hosts do not have.',
        });
        continue;
      }
      if (parent === undefined) {
        problems.push({
          where: `storages.${name}`,
          message: `expected a path on ${host}, neither the scenario nor the inventory has one`,
          remedy: `Add to the inventory: hosts: { ${host}: { storages: { ${name}: { kind: ${kind}, path: … } } } }`,
        });
        continue;
      }
      const island = backend.ofOneHost ? (thisMachine ? 'this machine' : host) : 'all hosts';
      places.set(host, { parent, island });
    }
    return [{ name, backend, places, own }];
  });
  if (problems.length > 0) throw new UserError(problems);
  return planned;
}

function kindOf(
  name: string,
  { kind, path }: Scenario['storages'][string],
  hosts: readonly StorageHost[],
  problems: Problem[],
): string | undefined {
  const where = `storages.${name}`;
  const told = hosts.flatMap((host) => {
    const known = host.storages[name]?.kind;
    return known === undefined ? [] : [{ host: host.name, kind: known }];
  });
  const [first] = told;
  const other = told.find((each) => each.kind !== first?.kind);
  if (first !== undefined && other !== undefined) {
    problems.push({
      where,
      message: `expected one kind on all hosts, got ${first.kind} on ${first.host} and ${other.kind} on ${other.host}`,
      remedy: 'Give storages of different kinds different names in the inventory.',
    });
    return undefined;
  }
  // With a path of its own, the scenario speaks of another place than the inventory.
  if (kind !== undefined && path === undefined && first !== undefined && first.kind !== kind) {
    problems.push({
      where,
      message: `expected the kind that it has in the inventory, ${first.kind} on ${first.host}, got ${kind}`,
      remedy: `Leave the kind out of the scenario, or: --set storages.${name}.kind=${first.kind}`,
    });
    return undefined;
  }
  const found = kind ?? first?.kind ?? kindOfThisMachine(name, hosts);
  if (found === undefined) {
    problems.push({
      where,
      message: 'expected a kind, neither the scenario nor an inventory has one',
      remedy: `Add to the scenario: storages: { ${name}: { kind: local } }, or name hosts that have it (--hosts).`,
    });
  }
  return found;
}

/** Under all of its names this machine sees the same directories. */
function kindOfThisMachine(name: string, hosts: readonly StorageHost[]): string | undefined {
  if (!hosts.every(({ thisMachine }) => thisMachine)) return undefined;
  return name === 'local' ? 'local' : 'shared-directory';
}

/**
 * A disk that stays where it is must be seen by all hosts between which its guest moves, and so must
 * the template behind a clone.
 * @param arms levels of each
 * @param groups names of the hosts of each group
 */
export function requireSharedDisks(
  planned: readonly PlannedStorage[],
  arms: readonly Pick<Levels, 'storage' | 'disk' | 'template' | 'provisioning'>[],
  groups: readonly (readonly string[])[],
): Problem[] {
  const staying = arms.filter(({ disk }) => disk === 'shared');
  return planned.flatMap(({ name, places }) => {
    const disks = staying.some(({ storage }) => storage === name);
    const behind = staying.some(
      (arm) => arm.provisioning === 'clone' && templateStorage(arm) === name,
    );
    if (!disks && !behind) return [];
    const apart = groups.find(
      (hosts) => new Set(hosts.map((host) => places.get(host)?.island)).size > 1,
    );
    if (apart === undefined) return [];
    const hosts = apart.join(' and ');
    if (disks) {
      return {
        where: `storages.${name}`,
        message: `disk: shared: expected a storage that ${hosts} both see, each has its own`,
        remedy: 'Use disk: mirror there, or a storage that the hosts share.',
      };
    }
    return {
      where: `storages.${name}`,
      message: `template: ${name}: expected a storage that ${hosts} both see for the template of clones that move, each has its own`,
      remedy: 'Use template: same, provisioning: copy, or disk: mirror.',
    };
  });
}

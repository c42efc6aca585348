import type { Kind, Run, StorageFacts } from '../results/schema.ts';
import { acceleratorList, usedAccelerators } from './accelerators.ts';
import { importedBadges } from './imported/texts.ts';
import { bareName } from './storage-names.ts';

/** What every table and picture of the run must say of its data: emulation, stand-ins, other kinds. */
export function badges(run: Run, kinds: Iterable<Kind>): string[] {
  const standIns = usedStorages(run).flatMap(([name, { standIn }]) =>
    standIn === undefined ? [] : [`stand-in: ${standIn} (${bareName(name, standIn)})`],
  );
  return [
    ...acceleratorBadges(run),
    ...standIns,
    ...serverCaches(run).map(({ cache, names }) => `${cache}: ${names.join(', ')}`),
    ...hostStandIns(run).map(({ hosts, standIn }) => `stand-in: ${hosts} (${standIn})`),
    ...new Set([...kinds].filter((kind) => kind !== 'measured' && kind !== 'imported')),
    ...importedBadges(run),
  ];
}

/** What ran the guests: what is no emulation first. */
function acceleratorBadges(run: Run): string[] {
  const used = usedAccelerators(run);
  const [emulated, others] = [true, false].map((asked) =>
    acceleratorList(used.filter((one) => one.emulated === asked)),
  );
  return [...(others ? [others] : []), ...(emulated ? [`emulated (${emulated})`] : [])];
}

/** Hosts that are none of their own, together where they are of one kind: `hosts a, b and c`. */
export function hostStandIns({ environment }: Run): { hosts: string; standIn: string }[] {
  const byKind = new Map<string, string[]>();
  for (const [name, { standIn }] of Object.entries(environment.hosts ?? {})) {
    if (standIn !== undefined) byKind.set(standIn, [...(byKind.get(standIn) ?? []), name]);
  }
  return [...byKind].map(([standIn, names]) => {
    const list = [names.slice(0, -1).join(', '), names.at(-1) ?? ''].filter((part) => part !== '');
    return { hosts: `${names.length === 1 ? 'host' : 'hosts'} ${list.join(' and ')}`, standIn };
  });
}

/** Storages whose servers cache what guests read: whether all of it may have come from there. */
export function serverCaches(
  run: Run,
): { cache: 'server-warm' | 'server-cold'; names: string[] }[] {
  return (['server-warm', 'server-cold'] as const).flatMap((cache) => {
    const names = usedStorages(run)
      .filter(([, { serverCache }]) => serverCache === cache)
      .map(([name]) => name);
    return names.length === 0 ? [] : [{ cache, names }];
  });
}

/** The storages that the arms and their templates lie on, by name: a scenario may define others. */
export function usedStorages({ factors, scenario, environment }: Run): [string, StorageFacts][] {
  const all = Object.entries(environment.storages);
  const held = (factor: string): unknown[] =>
    factors[factor] ??
    (isObject(scenario['fixed']) && factor in scenario['fixed'] ? [scenario['fixed'][factor]] : []);
  const disks = held('storage');
  const used = [
    ...(disks.length === 0 ? all.slice(0, 1).map(([name]) => name) : disks),
    ...held('template'),
  ];
  return all.filter(([name]) => used.includes(name));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Groups of storages that lie on one device, where there is more than one. */
export function sharedDevices(run: Run): string[][] {
  const byDevice = new Map<string, string[]>();
  for (const [name, { device }] of usedStorages(run)) {
    byDevice.set(device, [...(byDevice.get(device) ?? []), name]);
  }
  return [...byDevice.values()].filter((names) => names.length > 1);
}

/** Whether a comparison of these two storages can show noise only, because they share a device. */
export function isNoiseFloor({ environment }: Run, a: unknown, b: unknown): boolean {
  const device = (name: unknown) =>
    Object.hasOwn(environment.storages, String(name))
      ? environment.storages[String(name)]?.device
      : undefined;
  return a !== b && device(a) !== undefined && device(a) === device(b);
}

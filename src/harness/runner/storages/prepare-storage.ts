import { posix } from 'node:path';
import { largest } from '../../../base/stats/largest.ts';
import { placeTemplate } from '../../../platform/guest/image/template.ts';
import { ownedDirectoryOn } from '../../../platform/ledger/owned-directory-on.ts';
import { makeFolder } from '../../../platform/make-folder.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { StorageInspection } from '../../../platform/storage/storage.ts';
import type { StorageFacts } from '../../results/schema.ts';
import type { Levels } from '../../scenario/levels.ts';
import type { PlannedStorage } from './plan-storages.ts';
import { alignmentWarnings } from './alignment-warnings.ts';
import { StorageBed, templateName } from './bed.ts';
import { compareAll, lockFacts, type Compared } from './compare-hosts.ts';
import { storageFacts } from './facts.ts';
import { sourceKey, type PlannedBed } from './plan-beds.ts';
import type { StoragesRequest, TemplateSource } from './prepare.ts';
import { orRefused } from './refusal.ts';
import { requireRoom, type BedOnHost } from './require-room.ts';
import { serverCache } from './server-cache.ts';

export interface StorageRequest extends StoragesRequest {
  storage: PlannedStorage;
  beds: readonly PlannedBed[];
  /** By what they are made from (see `sourceKey`). */
  sources: ReadonlyMap<string, TemplateSource>;
  /** Hosts on which its disks may lie. */
  hosts: readonly Host[];
  /** Those of them that create guests. */
  creators: readonly Host[];
  /** Trials at once. */
  parallel: number;
}

/** Makes one storage ready: on each of its islands, hosts that see the same files. */
export async function prepareStorage(
  request: StorageRequest,
): Promise<{ facts: StorageFacts; beds: Map<string, StorageBed> }> {
  const { storage, beds, hosts } = request;
  const directories = beds.map(() => new Map<string, string>());
  const found = beds.map((): StorageInspection[] => []);
  const compared: Compared[] = [];
  for (const island of islandsOf(storage, hosts)) {
    const [first, ...others] = island;
    const here: BedOnHost[] = [];
    for (const [index, bed] of beds.entries()) {
      const made = await makeBed(request, bed, index, first);
      here.push(made);
      found[index]?.push(made.found);
      for (const { name } of island) directories[index]?.set(name, made.directory);
    }
    const [one] = here;
    if (one === undefined) throw new Error(`no bed on ${storage.name}`);
    compared.push(...(await compareAll(request, first, others, one.directory)));
    const creators = request.creators.filter((host) => island.includes(host)).length;
    requireRoom(request, placeOf(storage, first), here, Math.max(1, creators));
    if (creators === 0) continue;
    for (const { bed, directory } of here) await placeTemplates(request, bed, first, directory);
  }
  const findings = beds.map(({ layoutName }, index) => ({ layoutName, found: found[index] ?? [] }));
  return {
    facts: storageFacts(storage.backend, findings, {
      facts: lockFacts(compared),
      warnings: [
        ...compared.flatMap(({ warnings }) => warnings),
        ...alignmentWarnings(request, found[0]?.[0]),
      ],
      ...(storage.backend.cachedByServers && { serverCache: cacheOf(request) }),
    }),
    beds: new Map(
      beds.map((bed, index) => {
        const { layout } = bed;
        const what = { storage: storage.name, backend: storage.backend, layout };
        const diskBytes = sourceOf(request, bed).size;
        return [bed.key, new StorageBed({ ...what, diskBytes }, directories[index] ?? new Map())];
      }),
    ),
  };
}

/** Hosts that see the same files, together. */
function islandsOf({ name, places }: PlannedStorage, hosts: readonly Host[]): [Host, ...Host[]][] {
  const islands = new Map<string, [Host, ...Host[]]>();
  for (const host of hosts) {
    const place = places.get(host.name);
    if (place === undefined) throw new Error(`${name} is not planned on ${host.name}`);
    const known = islands.get(place.island);
    if (known === undefined) islands.set(place.island, [host]);
    else known.push(host);
  }
  return [...islands.values()];
}

async function makeBed(
  { ledger, storage }: StorageRequest,
  bed: PlannedBed,
  index: number,
  host: Host,
): Promise<BedOnHost> {
  const parent = storage.places.get(host.name)?.parent ?? '';
  const folder = `virtgauge-${ledger.label}${index === 0 ? '' : `-${index + 1}`}`;
  const { backend } = storage;
  return orRefused(placeOf(storage, host), async () => {
    if (storage.own) makeFolder(parent);
    const directory = await ownedDirectoryOn(host, ledger, posix.join(parent, folder));
    if (bed.layout !== undefined) await backend.layouts?.set(host.shell, directory, bed.layout);
    return { bed, directory, found: await backend.inspect(host.shell, directory) };
  });
}

async function placeTemplates(
  request: StorageRequest,
  bed: PlannedBed,
  host: Host,
  directory: string,
): Promise<void> {
  const formats = new Set(bed.templates.map(({ format }) => format));
  if (formats.size === 0) return;
  const raw = await request.files.place(host, sourceOf(request, bed).path);
  for (const format of formats) {
    request.signal.throwIfAborted();
    const path = posix.join(directory, templateName(format));
    await orRefused(placeOf(request.storage, host), () =>
      placeTemplate(host.shell, raw, path, format),
    );
  }
}

function cacheOf({ storage, beds, hosts, data, sources }: StorageRequest) {
  const memories = hosts.flatMap(({ storages }) => storages[storage.name]?.serverMemory ?? []);
  const uses = beds.flatMap((bed) => [...bed.disks, ...bed.templates]);
  const workingSet = (levels: Levels) =>
    levels.guests * data + (sources.get(sourceKey(levels))?.size ?? 0);
  return serverCache(uses, workingSet, memories.length === 0 ? undefined : largest(memories));
}

function sourceOf({ sources }: StorageRequest, bed: PlannedBed): TemplateSource {
  const source = sources.get(bed.source);
  if (source === undefined) throw new Error('a template without a source');
  return source;
}

/** For messages: `storages.shared (h1:/mnt/scratch)`. */
function placeOf({ name, places }: PlannedStorage, host: Host): string {
  const parent = places.get(host.name)?.parent ?? '';
  const place = host.name === 'localhost' ? parent : `${host.name}:${parent}`;
  return `storages.${name} (${place})`;
}

import { stat } from 'node:fs/promises';
import { largest } from '../../../base/stats/largest.ts';
import type { Ledger } from '../../../platform/ledger/ledger.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { Job } from '../../measure/guest-io/options.ts';
import type { StorageFacts } from '../../results/schema.ts';
import type { Levels } from '../../scenario/levels.ts';
import type { HostFiles } from '../hosts/host-files.ts';
import type { PlannedStorage } from './plan-storages.ts';
import type { StorageBed } from './bed.ts';
import type { TemplateSize } from './bed-space.ts';
import { StorageBeds } from './beds.ts';
import { planBeds } from './plan-beds.ts';
import { prepareStorage } from './prepare-storage.ts';

export interface StoragesRequest {
  ledger: Ledger;
  planned: readonly PlannedStorage[];
  /** The levels of every arm. */
  arms: readonly Levels[];
  /** Hosts on which guests may run, by group: a trial takes one of these. */
  parties: readonly (readonly Host[])[];
  /**
   * The raw image that templates are made from, on the controller.
   * @param levels of an arm that has it
   * @param data incompressible bytes behind the system
   */
  source: (levels: Levels, data: number) => Promise<string>;
  /** Bytes that measurements need behind the system. */
  data: number;
  /** Of guest-io, if that is measured. */
  jobs: readonly Pick<Job, 'name' | 'bs'>[];
  files: HostFiles;
  /** Carried by every process of the run. */
  environment: Readonly<Record<string, string>>;
  /** Gives up before the next template. */
  signal: AbortSignal;
}

/** What a template is made from. */
export interface TemplateSource extends TemplateSize {
  /** On the controller. */
  path: string;
}

/**
 * Makes ready all storages of a run: work folders, layouts, templates. What storages cannot do is told
 * before anything is put on them.
 * @throws UserError if one is not there, cannot be written, is too small, is not shared, …
 */
export async function prepareStorages(request: StoragesRequest): Promise<StorageBeds> {
  const { arms, planned, parties, source, data } = request;
  const beds = planBeds(arms);
  const sources = new Map<string, TemplateSource>();
  for (const { source: key, templateData, disks, templates } of beds) {
    const [levels] = [...disks, ...templates];
    if (sources.has(key) || levels === undefined) continue;
    const path = await source(levels, data + templateData);
    const { size, blocks } = await stat(path);
    sources.set(key, { path, size, allocated: Math.min(size, blocks * 512) });
  }
  const facts: Record<string, StorageFacts> = {};
  const byKey = new Map<string, StorageBed>();
  for (const storage of planned) {
    const own = beds.filter((bed) => bed.storage === storage.name);
    const uses = own.flatMap((bed) => [...bed.disks, ...bed.templates]);
    const spread = Math.max(1, largest(uses.map(({ hosts }) => hosts)));
    const prepared = await prepareStorage({
      ...request,
      ...{ storage, sources, beds: own, hosts: parties.flat(), parallel: parties.length },
      creators: parties.flatMap((party) => party.slice(0, spread)),
    });
    facts[storage.name] = prepared.facts;
    for (const [key, bed] of prepared.beds) byKey.set(key, bed);
  }
  return new StorageBeds(facts, byKey);
}

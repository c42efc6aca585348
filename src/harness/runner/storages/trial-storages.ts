import type { Clock } from '../../../base/clock.ts';
import type { CreatedGuest } from '../../../platform/operations/create.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { ask } from '../../../platform/storage/ask.ts';
import type { StorageCounters } from '../../../platform/storage/storage.ts';
import type { Event } from '../../results/schema.ts';
import type { Levels } from '../../scenario/levels.ts';
import { hostOfGuest } from '../spread.ts';
import type { StorageBed } from './bed.ts';
import type { StorageBeds } from './beds.ts';
import { counterDeltas, readCounters } from './client-counters.ts';
import { setFileCache } from './template-cache.ts';

/** Seconds for a look at a storage. */
const patience = 5;

/** The storages of one trial. */
export class TrialStorages {
  readonly disks: StorageBed;
  readonly templates: StorageBed;
  /** What the trial's guests found otherwise than asked for, in sentences. */
  readonly warnings = new Set<string>();
  readonly #hosts: readonly Host[];
  readonly #trial: number;
  readonly #levels: Levels;
  readonly #before = new Map<StorageBed, Map<string, StorageCounters>>();

  constructor(beds: StorageBeds, trial: number, hosts: readonly Host[], levels: Levels) {
    this.#hosts = hosts;
    this.#trial = trial;
    this.#levels = levels;
    this.disks = beds.disksOf(levels);
    this.templates = beds.templatesOf(levels);
  }

  /** The storages, each with a directory of the run on it, as a host sees it. */
  on(host: Host): { name: string; directory: string }[] {
    return this.#oneOfEach()
      .filter((bed) => bed.isOn(host))
      .map((bed) => ({ name: bed.storage, directory: bed.directory(host) }));
  }

  /** Reads the clients' counters, before anything of the trial is on its storages. */
  async begin(): Promise<void> {
    for (const bed of this.#oneOfEach())
      this.#before.set(bed, await readCounters(bed, this.#hosts));
  }

  /** What was counted since `begin`, where clients tell. */
  async counted(clock: Clock): Promise<Omit<Event, 'trial'>[]> {
    const counted: Omit<Event, 'trial'>[] = [];
    for (const [bed, before] of this.#before) {
      if (before.size === 0) continue;
      for (const [host, after] of await readCounters(bed, this.#hosts)) {
        const figures = counterDeltas(before.get(host) ?? {}, after);
        if (Object.keys(figures).length === 0) continue;
        const at = clock.now();
        const who = { phase: bed.storage, observer: host };
        counted.push({ event: 'storage-counters', ...who, at, figures });
      }
    }
    return counted;
  }

  /**
   * Has a host hold what guests start from, or nothing of it, as the level templateCache says.
   * @param files those that are read when a guest is created there
   */
  async setTemplateCache(host: Host, files: readonly string[], signal: AbortSignal): Promise<void> {
    const { templateCache } = this.#levels;
    if (templateCache === 'any') return;
    const { backend, storage } = this.templates;
    for (const file of files) {
      const kept = await setFileCache(host.shell, backend, file, templateCache, signal);
      if (kept === undefined) continue;
      this.warnings.add(`templateCache: ${templateCache}: on storage ${storage}, ${kept}`);
    }
  }

  /** @throws Error if the disk of a guest is laid out otherwise than was asked for */
  async requireLayouts(guests: readonly CreatedGuest[]): Promise<void> {
    const { layout, backend, storage } = this.disks;
    if (layout === undefined || backend.layouts === undefined) return;
    const differences = await Promise.all(
      guests.map(async ({ guest }, index) => {
        const { path } = guest.spec.disk;
        const difference = await backend.layouts?.difference(
          this.#hostOf(index).shell,
          path,
          layout,
        );
        return difference === undefined ? [] : [`the disk of guest ${index}: ${difference}`];
      }),
    );
    const [first] = differences.flat();
    if (first !== undefined) {
      throw new Error(`storage ${storage} did not lay out files as asked for: ${first}`);
    }
  }

  /** @throws Error if the storage of the disks cannot be written any more */
  async requireWritable(): Promise<void> {
    const readOnly = await this.readOnly();
    if (readOnly !== undefined) throw new Error(readOnly);
  }

  /** Which storage cannot be written any more, in a sentence; undefined while it can. */
  async readOnly(): Promise<string | undefined> {
    const looks = await Promise.all(
      this.#hosts.map(async (host) => {
        if (!this.disks.isOn(host)) return undefined;
        const file = this.disks.trialFile(host, this.#trial, `writable-${host.name}`);
        // A host that is out of reach is told elsewhere.
        const asked = ask(host.shell, ['touch', '--', file], patience);
        const answer = await asked.catch(() => undefined);
        if (answer === undefined || answer.ok || !/read-only file system/i.test(answer.text))
          return undefined;
        return `storage ${this.disks.storage} on ${host.name} has become read-only`;
      }),
    );
    return looks.find((look) => look !== undefined);
  }

  #hostOf(guest: number): Host {
    const host = this.#hosts[hostOfGuest(guest, this.#levels)];
    if (host === undefined) throw new Error('a trial without a host');
    return host;
  }

  /** Both, or the one that both are on. */
  #oneOfEach(): StorageBed[] {
    const { disks, templates } = this;
    return disks.storage === templates.storage ? [disks] : [disks, templates];
  }
}

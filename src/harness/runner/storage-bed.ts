import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError, type Problem } from '../../base/errors.ts';
import { formatBytes } from '../../base/units.ts';
import { placeTemplate } from '../../platform/guest/image/template.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { tokenFile } from '../../platform/ledger/kinds/directory.ts';
import type { Ledger } from '../../platform/ledger/ledger.ts';
import { ownedDirectoryOn } from '../../platform/ledger/owned-directory-on.ts';
import type { Host } from '../../platform/remote/host.ts';
import { CommandError } from '../../platform/remote/shell.ts';
import type { StorageInspection } from '../../platform/storage/storage.ts';
import type { Image } from '../../platform/storage/provision.ts';
import type { StorageFacts } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { HostFiles } from './hosts/host-files.ts';
import { savedStatesSpace } from './saved-states-space.ts';
import { spaceNeeded } from './space.ts';
import { guestsOn } from './spread.ts';
import type { PlannedStorage } from './storage-plan.ts';

type Format = Levels['format'];

export interface StorageBedRequest {
  ledger: Ledger;
  planned: PlannedStorage;
  /** Hosts on which its disks may lie. */
  hosts: readonly Host[];
  /** Those of them that create guests. */
  creators: readonly Host[];
  /** Trials at once. */
  parallel: number;
  /** The levels of the arms that use it. */
  uses: readonly Levels[];
  /** The raw image that templates are made from, on the controller, and its bytes. */
  source: string;
  rawSize: number;
  /** Bytes of it behind the system. */
  data: number;
  files: HostFiles;
}

/** Seconds for the disks of a trial to be removed from a host. */
const removal = 10;

/** How often, and after how many seconds, a file is looked for that another host has written. */
const looks = { count: 20, pause: 0.1 };

/**
 * One storage, prepared for a run: on every host, or once where hosts see the same files, a work
 * folder of ours, with a template a format where guests are created.
 */
export class StorageBed {
  readonly facts: StorageFacts;
  /** By the host's name. */
  readonly #directories: ReadonlyMap<string, string>;

  private constructor(facts: StorageFacts, directories: ReadonlyMap<string, string>) {
    this.facts = facts;
    this.#directories = directories;
  }

  /** @throws UserError if it is not there, cannot be written, is too small, or is not shared */
  static async prepare(request: StorageBedRequest): Promise<StorageBed> {
    const { planned, hosts, creators, uses, ledger } = request;
    const { name, backend, places } = planned;
    const directories = new Map<string, string>();
    const found: StorageInspection[] = [];
    const islands = new Map<string, Host>();
    const formats = [...new Set(uses.map(({ format }) => format))];
    for (const host of hosts) {
      const place = places.get(host.name);
      if (place === undefined) throw new Error(`${name} is not planned on ${host.name}`);
      const { parent, island } = place;
      const folder = posix.join(parent, `virtgauge-${ledger.label}`);
      const first = islands.get(island);
      if (first !== undefined) {
        const directory = directories.get(first.name) ?? folder;
        await requireSeen(name, first, host, directory);
        directories.set(host.name, directory);
        continue;
      }
      islands.set(island, host);
      if (planned.own) makeFolder(parent);
      const directory = await ownedDirectoryOn(host, ledger, folder);
      directories.set(host.name, directory);
      const inspection = await backend.inspect(host.shell, directory);
      found.push(inspection);
      const sharing = creators.filter((each) => places.get(each.name)?.island === island);
      requireFit(request, host, parent, inspection, formats, Math.max(1, sharing.length));
      if (sharing.length > 0) await placeTemplates(request, host, directory, formats);
    }
    const [first] = found;
    if (first === undefined) throw new Error(`no host for ${name}`);
    const { kind, label, standIn } = backend;
    const { filesystem, device, directIo, directAlignment, reflink } = first;
    const facts: StorageFacts = {
      ...{ kind, label, ...(standIn !== undefined && { standIn }) },
      ...{ filesystem, device, free: Math.min(...found.map(({ free }) => free)) },
      ...{ directIo, ...(directAlignment !== undefined && { directAlignment }), reflink },
      facts: { ...first.facts },
      warnings: [...new Set(found.flatMap(({ warnings }) => warnings))],
    };
    return new StorageBed(facts, directories);
  }

  /** On hosts that create guests. */
  template(host: Host, format: Format): Image {
    return { path: posix.join(this.#directory(host), templateName(format)), format };
  }

  /** @param move how often the guest has moved to a new disk */
  diskPath(host: Host, trial: number, guest: number, move = 0): string {
    const moved = move === 0 ? '' : `-${move}`;
    return this.trialFile(host, trial, `guest-${guest}${moved}.img`);
  }

  /** Where a trial may put a file of its own; it goes with its disks. */
  trialFile(host: Host, trial: number, name: string): string {
    return posix.join(this.#directory(host), `${trialPrefix(trial)}${name}`);
  }

  /** Removes the disks and other files of a trial that lie on this host, if any can lie there. */
  async removeDisks(host: Host, trial: number): Promise<void> {
    const directory = this.#directories.get(host.name);
    if (directory === undefined) return;
    const prefix = posix.join(directory, trialPrefix(trial));
    // Another host may remove the same files at the same time.
    await host.shell.run(['sh', '-c', 'rm -f -- "$1"*', 'sh', prefix], { timeout: removal });
  }

  #directory({ name }: Host): string {
    const directory = this.#directories.get(name);
    if (directory === undefined) throw new Error(`the storage was not prepared on ${name}`);
    return directory;
  }
}

/** What one host has written must be there for the other, under the same path: clones name it. */
async function requireSeen(
  storage: string,
  writer: Host,
  reader: Host,
  directory: string,
): Promise<void> {
  const path = posix.join(directory, tokenFile);
  const written = await writer.shell.readFile(path);
  for (let look = 0; look < looks.count; look++) {
    const read = await reader.shell.readFile(path).catch((error: unknown) => {
      if (error instanceof CommandError || isAbsent(error)) return undefined;
      throw error;
    });
    if (read?.equals(written) === true) return;
    await sleep(looks.pause * 1000);
  }
  throw new UserError({
    where: `storages.${storage}`,
    message: `expected a storage that all hosts see under one path, ${reader.name} does not find there what ${writer.name} has written (${path})`,
    remedy: 'Mount it on every host at the same place, or say that it is local.',
  });
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function requireFit(
  { planned, uses, rawSize, data, parallel }: StorageBedRequest,
  host: Host,
  parent: string,
  found: StorageInspection,
  formats: readonly Format[],
  atOnce: number,
): void {
  const together = uses.map((levels) => ({
    ...levels,
    guests: guestsOn(atOnce, levels, parallel),
  }));
  const needed =
    spaceNeeded(rawSize, data, formats, together) + savedStatesSpace(rawSize, uses, atOnce);
  const problems = unfit(found, uses, needed);
  if (problems.length === 0) return;
  const place = host.name === 'localhost' ? parent : `${host.name}:${parent}`;
  throw new UserError(
    problems.map((problem) => ({ ...problem, where: `storages.${planned.name} (${place})` })),
  );
}

async function placeTemplates(
  { files, source }: StorageBedRequest,
  host: Host,
  directory: string,
  formats: readonly Format[],
): Promise<void> {
  const raw = await files.place(host, source);
  for (const format of formats) {
    await placeTemplate(host.shell, raw, posix.join(directory, templateName(format)), format);
  }
}

/** Why the storage cannot bear its arms. */
export function unfit(
  { filesystem, free, directIo, reflink }: StorageInspection,
  uses: readonly Pick<Levels, 'provisioning' | 'cache'>[],
  space: number,
): Problem[] {
  const problems: Problem[] = [];
  if (free < space) {
    problems.push({
      message: `expected at least ${formatBytes(space)} free, found ${formatBytes(free)}`,
      remedy: 'Make space, choose another path, or use fewer guests, smaller jobs or clones.',
    });
  }
  if (!reflink && uses.some(({ provisioning }) => provisioning === 'reflink')) {
    problems.push({
      message: `expected a file system with reflink for provisioning: reflink, ${filesystem} has none here`,
      remedy: 'Use clone or copy, or a path on XFS or Btrfs.',
    });
  }
  const direct = uses.find(({ cache }) => cache === 'none' || cache === 'directsync');
  if (!directIo && direct) {
    problems.push({
      message: `expected O_DIRECT for cache: ${direct.cache}, ${filesystem} has none here`,
      remedy: 'Use cache: writeback, or a path on another file system.',
    });
  }
  return problems;
}

function templateName(format: Format): string {
  return `template.${format}`;
}

function trialPrefix(trial: number): string {
  return `trial-${trial}-`;
}

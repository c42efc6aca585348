import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, type Problem } from '../../base/errors.ts';
import { formatBytes } from '../../base/units.ts';
import { placeTemplate } from '../../platform/guest/image/template.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { createOwnedDirectory } from '../../platform/ledger/owned-directory.ts';
import { storageBackend } from '../../platform/storage/index.ts';
import type { StorageInspection } from '../../platform/storage/storage.ts';
import type { Image } from '../../platform/storage/provision.ts';
import type { StorageFacts } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import { spaceNeeded } from './space.ts';
import type { TestbedRequest } from './testbed.ts';

type Format = Levels['format'];

/** One storage, prepared for a run: a work folder of ours on it, with a template a format. */
export class StorageBed {
  readonly facts: StorageFacts;
  readonly #directory: string;

  private constructor(facts: StorageFacts, directory: string) {
    this.facts = facts;
    this.#directory = directory;
  }

  /** @throws UserError if it is not there, cannot be written, or is too small */
  static async prepare({
    shell,
    ledger,
    cache,
    scenario,
    name,
    uses,
    source,
    data,
  }: Pick<TestbedRequest, 'shell' | 'ledger' | 'cache' | 'scenario'> & {
    name: string;
    uses: readonly Levels[];
    source: string;
    data: number;
  }): Promise<StorageBed> {
    const spec = scenario.storages[name];
    if (spec === undefined) throw new Error(`no storage called ${name}`);
    const parent = spec.path ?? join(cache, 'storage', name);
    if (spec.path === undefined) makeFolder(parent);
    const { path } = createOwnedDirectory(ledger, join(parent, `virtgauge-${ledger.label}`));

    const backend = storageBackend(spec.kind);
    const found = await backend.inspect(shell, path);
    const formats = [...new Set(uses.map(({ format }) => format))];
    const { size: rawSize } = await stat(source);
    const problems = unfit(found, uses, spaceNeeded(rawSize, data, formats, uses));
    if (problems.length > 0) {
      throw new UserError(
        problems.map((problem) => ({ ...problem, where: `storages.${name} (${parent})` })),
      );
    }
    for (const format of formats) {
      await placeTemplate(shell, source, join(path, templateName(format)), format);
    }
    const { kind, label, standIn } = backend;
    return new StorageBed(
      { kind, label, ...(standIn !== undefined && { standIn }), ...found },
      path,
    );
  }

  template(format: Format): Image {
    return { path: join(this.#directory, templateName(format)), format };
  }

  diskPath(trial: number, guest: number): string {
    return join(this.#directory, `${diskPrefix(trial)}${guest}.img`);
  }

  async removeDisks(trial: number): Promise<void> {
    const names = await readdir(this.#directory);
    const disks = names.filter((name) => name.startsWith(diskPrefix(trial)));
    await Promise.all(disks.map((name) => rm(join(this.#directory, name), { force: true })));
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

function diskPrefix(trial: number): string {
  return `trial-${trial}-guest-`;
}

import { posix } from 'node:path';
import type { Host } from '../../../platform/remote/host.ts';
import type { Layout } from '../../../platform/storage/layout.ts';
import type { Image } from '../../../platform/storage/provision.ts';
import type { StorageBackend } from '../../../platform/storage/storage.ts';
import type { Levels } from '../../scenario/levels.ts';

type Format = Levels['format'];

/** Seconds for the disks of a trial to be removed from a host: full copies on a slow file system take some. */
const removal = 120;

/**
 * One storage, prepared for the arms with one layout and one size of template: on every host, or once
 * where hosts see the same files, a work folder of ours, with a template a format where one is used.
 */
export class StorageBed {
  /** Name of the storage. */
  readonly storage: string;
  readonly backend: StorageBackend;
  /** What was asked for its files; undefined where that was left to the storage. */
  readonly layout: Layout | undefined;
  /** Bytes of a guest's disk. */
  readonly diskBytes: number;
  /** By the host's name. */
  readonly #directories: ReadonlyMap<string, string>;

  constructor(
    what: {
      storage: string;
      backend: StorageBackend;
      layout: Layout | undefined;
      diskBytes: number;
    },
    directories: ReadonlyMap<string, string>,
  ) {
    this.storage = what.storage;
    this.backend = what.backend;
    this.layout = what.layout;
    this.diskBytes = what.diskBytes;
    this.#directories = directories;
  }

  /** On hosts that create guests. */
  template(host: Host, format: Format): Image {
    return { path: posix.join(this.directory(host), templateName(format)), format };
  }

  /** @param move how often the guest has moved to a new disk */
  diskPath(host: Host, trial: number, guest: number, move = 0): string {
    const moved = move === 0 ? '' : `-${move}`;
    return this.trialFile(host, trial, `guest-${guest}${moved}.img`);
  }

  /** Where a trial may put a file of its own; it goes with its disks. */
  trialFile(host: Host, trial: number, name: string): string {
    return posix.join(this.directory(host), `${trialPrefix(trial)}${name}`);
  }

  /** Removes the disks and other files of a trial that lie on this host, if any can lie there. */
  async removeDisks(host: Host, trial: number): Promise<void> {
    const directory = this.#directories.get(host.name);
    if (directory === undefined) return;
    const prefix = posix.join(directory, trialPrefix(trial));
    // Another host may remove the same files at the same time.
    await host.shell.run(['sh', '-c', 'rm -rf -- "$1"*', 'sh', prefix], { timeout: removal });
  }

  /** Whether guests' disks may lie there on a host: one that only watches may not have it. */
  isOn({ name }: Host): boolean {
    return this.#directories.has(name);
  }

  /** The work folder, as a host sees it. */
  directory({ name }: Host): string {
    const directory = this.#directories.get(name);
    if (directory === undefined) throw new Error(`the storage was not prepared on ${name}`);
    return directory;
  }
}

export function templateName(format: Format): string {
  return `template.${format}`;
}

function trialPrefix(trial: number): string {
  return `trial-${trial}-`;
}

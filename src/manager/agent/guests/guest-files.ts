import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../base/errors.ts';
import type { Guest, GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import { livingProcess } from '../../../platform/ledger/living-process.ts';
import { makeFolder } from '../../../platform/make-folder.ts';
import { writeSynced } from '../../../platform/write-synced.ts';
import type { GuestShape } from '../../wire/messages/kinds.ts';

/** What an agent knows of one guest, on disk: it outlives the agent. */
export interface GuestFile {
  readonly name: string;
  readonly shape: GuestShape;
  /** What runs it. Absent: `qemu`. */
  readonly hypervisor?: string;
  /** `arriving`: awaited by a move, not yet here. */
  readonly state: 'running' | 'stopped' | 'arriving';
  readonly spec: GuestSpec;
  /** Of its hypervisor's process, and when that started. */
  readonly process?: { readonly pid: number; readonly start: string };
  /** Of its boot, as its service tells. */
  readonly instance?: string;
  /** Disks that were plugged in: name in the guest → path. */
  readonly plugged: Readonly<Record<string, string>>;
  /** Whether its disk was made here and goes with it; a shared one stays when it comes to nothing. */
  readonly ownsDisk: boolean;
}

/** A guest that does not run; what was plugged into it is found by its disks. */
export function stopped({
  name,
  shape,
  spec,
  hypervisor,
}: Pick<GuestFile, 'name' | 'shape' | 'spec' | 'hypervisor'>): GuestFile {
  const known = hypervisor === undefined ? {} : { hypervisor };
  return { name, shape, spec, ...known, state: 'stopped', plugged: {}, ownsDisk: true };
}

/** Its process, as it is found again. */
export function processIn({ pid }: Guest): Pick<GuestFile, 'process'> {
  const start = pid === undefined ? undefined : livingProcess(pid)?.start;
  return pid === undefined || start === undefined ? {} : { process: { pid, start } };
}

// Written by ourselves only: enough to tell a file of ours from anything else.
const schema = z
  .object({
    name: z.string(),
    state: z.enum(['running', 'stopped', 'arriving']),
    hypervisor: z.string().optional(),
    shape: z.object({ vcpus: z.number() }).loose(),
    spec: z.object({ name: z.string(), directory: z.string() }).loose(),
    plugged: z.record(z.string(), z.string()),
    ownsDisk: z.boolean(),
  })
  .loose();

/** The files of all guests of an agent, one each. */
export class GuestFiles {
  readonly #folder: string;
  readonly #all = new Map<string, GuestFile>();

  /** @throws Error if a file is none of ours */
  constructor(folder: string) {
    this.#folder = folder;
    makeFolder(folder, 0o700);
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
      const text = readFileSync(join(folder, name), 'utf8');
      const file = schema.parse(JSON.parse(text)) as unknown as GuestFile;
      this.#all.set(file.name, file);
    }
  }

  get all(): readonly GuestFile[] {
    return [...this.#all.values()];
  }

  get(name: string): GuestFile | undefined {
    return this.#all.get(name);
  }

  /** @throws UserError if a guest is one of another */
  expectHypervisor(ours: string): void {
    for (const { name, hypervisor = 'qemu' } of this.all) {
      if (hypervisor === ours) continue;
      throw new UserError({
        message: `guest ${name} of this host is one of ${hypervisor}: expected --hypervisor ${hypervisor}, got ${ours}`,
        remedy: 'Remove the guests of this host before it runs others.',
      });
    }
  }

  save(file: GuestFile): GuestFile {
    writeSynced(this.#path(file.name), JSON.stringify(file));
    this.#all.set(file.name, file);
    return file;
  }

  remove(name: string): void {
    rmSync(this.#path(name), { force: true });
    this.#all.delete(name);
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}

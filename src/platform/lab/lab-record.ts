import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { expectName, namePattern } from '../../base/name.ts';
import { makeFolder } from '../make-folder.ts';
import { diskCaches } from './machines/disk-cache.ts';
import { machineKinds } from './machines/image/kinds.ts';
import { writeSynced } from '../write-synced.ts';

const baseShape = {
  name: z.string(),
  token: z.string(),
  mark: z.string(),
  /** Of hosts' disks and keys. */
  folder: z.string(),
  subnet: z.int(),
  switchNamespace: z.string(),
  uplink: z.string(),
  /** The process that makes it, as `ownerName` has it. */
  maker: z.string(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  /** Bytes a second. */
  linkRate: z.number().optional(),
};

const hostShape = {
  name: z.string(),
  address: z.string(),
  port: z.string(),
  folder: z.string(),
};

const namespacesSchema = z.strictObject({
  kind: z.literal('namespaces').default('namespaces'),
  ...baseShape,
  hosts: z.array(z.strictObject({ ...hostShape, namespace: z.string() })),
  shared: z.enum(['directory', 'moosefs']).optional(),
  libvirt: z.boolean(),
  /** Bytes a second. */
  diskRate: z.number().optional(),
});
/** Of a lab whose hosts are namespaces of this machine. */
export type NamespacesRecord = z.infer<typeof namespacesSchema>;

const imageSchema = z.strictObject({
  key: z.string(),
  kernel: z.string().optional(),
  initramfs: z.string().optional(),
  append: z.string(),
  xen: z.strictObject({ image: z.string(), append: z.string() }).optional(),
  disk: z.string(),
});

const machinesSchema = z.strictObject({
  kind: z.literal('machines'),
  ...baseShape,
  hosts: z.array(
    z.strictObject({
      ...hostShape,
      machine: z.enum(machineKinds),
      /** What it boots from. */
      image: imageSchema,
      /** Of its network card. */
      mac: z.string(),
      /** Bytes. */
      memory: z.int(),
    }),
  ),
  /** What runs the machines. */
  accelerator: z.enum(['kvm', 'tcg']),
  diskCache: z.enum(diskCaches),
  shared: z.literal('nfs').optional(),
});
/** Of a lab whose hosts are whole machines. */
export type MachinesRecord = z.infer<typeof machinesSchema>;

/** What is known of a lab: written before anything of it exists, so that it can always be removed. */
const labRecordSchema = z.union([namespacesSchema, machinesSchema]);
export type LabRecord = z.infer<typeof labRecordSchema>;

function labsFolder(stateDirectory: string): string {
  return join(stateDirectory, 'labs');
}

/**
 * Folder of what is known of one lab: `lab.json`, `inventory.yaml`.
 * @throws UserError if it is no name: a path would lead elsewhere
 */
export function labFolder(stateDirectory: string, name: string): string {
  return join(labsFolder(stateDirectory), expectName(name, 'lab'));
}

/** Written when the lab is whole. */
export function labInventory(stateDirectory: string, name: string): string {
  return join(labFolder(stateDirectory, name), 'inventory.yaml');
}

/** Whether there is a lab of this name, whole or not. */
export function labExists(stateDirectory: string, name: string): boolean {
  return existsSync(labFolder(stateDirectory, name));
}

/** The names of all labs. */
export function labNames(stateDirectory: string): string[] {
  const folder = labsFolder(stateDirectory);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => namePattern.test(name)).sort();
}

/**
 * Records a lab; on return it is on stable storage.
 * @throws UserError if there is one of this name
 */
export function recordLab(stateDirectory: string, record: LabRecord): void {
  const folder = labFolder(stateDirectory, record.name);
  makeFolder(labsFolder(stateDirectory), 0o700);
  try {
    mkdirSync(folder, 0o700);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new UserError(
      {
        message: `expected a name that no lab has, got ${record.name}`,
        remedy: `Remove that one by "virtgauge lab down ${record.name}", or choose another by --name.`,
      },
      { cause },
    );
  }
  writeSynced(join(folder, 'lab.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** Undefined if it was killed before it was recorded: then nothing else exists of it. */
export function readLab(stateDirectory: string, name: string): LabRecord | undefined {
  const path = join(labFolder(stateDirectory, name), 'lab.json');
  if (!existsSync(path)) return undefined;
  try {
    return labRecordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new UserError(
      {
        where: path,
        message: 'expected the record of a lab, this version cannot read it',
        remedy: 'Remove the lab by the version of virtgauge that made it.',
      },
      { cause },
    );
  }
}

export function forgetLab(stateDirectory: string, name: string): void {
  rmSync(labFolder(stateDirectory, name), { recursive: true, force: true });
}

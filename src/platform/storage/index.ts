import { local } from './local.ts';
import { lustre } from './lustre/index.ts';
import { moosefs } from './moosefs.ts';
import { nfs } from './nfs.ts';
import { sharedDirectory } from './shared-directory.ts';
import type { StorageBackend } from './storage.ts';

/** Every kind of storage; a new one is a file and a line here. */
const backends: readonly StorageBackend[] = [local, sharedDirectory, moosefs, nfs, lustre];

export function storageBackend(kind: string): StorageBackend {
  const backend = backends.find((candidate) => candidate.kind === kind);
  if (backend === undefined) throw new Error(`no storage of kind ${kind}`);
  return backend;
}

/** The names of all of them. */
export function storageKinds(): string[] {
  return backends.map(({ kind }) => kind);
}

import { inspectDirectory } from './inspect.ts';
import type { StorageBackend } from './storage.ts';

/** A file system on a disk of the host itself. */
export const local: StorageBackend = {
  kind: 'local',
  label: 'local',
  ofOneHost: true,
  inspect: inspectDirectory,
};

import { inspectDirectory } from './inspect.ts';
import type { StorageBackend } from './storage.ts';

/** Any directory that all hosts see; never more than a stand-in for a parallel file system. */
export const sharedDirectory: StorageBackend = {
  kind: 'shared-directory',
  label: 'shared directory',
  standIn: 'shared directory',
  inspect: inspectDirectory,
};

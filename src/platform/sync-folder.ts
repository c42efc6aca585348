import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Brings the names in a folder to stable storage: a file that was made or renamed is there afterwards. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

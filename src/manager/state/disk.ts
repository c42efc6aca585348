import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../../platform/sync-folder.ts';

/** A file that is appended to. Every call may throw the operating system's error. */
export interface DiskFile {
  /** Writes at the end, perhaps not all of it. @returns the bytes that were written */
  write(bytes: Uint8Array): number;
  sync(): void;
  truncate(size: number): void;
  close(): void;
}

/** The part of a file system that a state log stands on; tests have one that breaks. */
export interface Disk {
  /** Undefined if there is no such file. */
  read(path: string): Buffer | undefined;
  /** Opens a file to append to it; makes it if it is not there, and empties it if `fresh`. */
  open(path: string, fresh: boolean): DiskFile;
  /** Puts a file in the place of another; on return that holds even if the power fails. */
  replace(from: string, to: string): void;
}

export const realDisk: Disk = {
  read(path) {
    try {
      return readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },

  open(path, fresh) {
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | (fresh ? O_TRUNC : 0);
    const descriptor = openSync(path, flags, 0o600);
    if (fstatSync(descriptor).size === 0) syncFolder(dirname(path));
    return {
      write: (bytes) => writeSync(descriptor, bytes),
      sync: () => fsyncSync(descriptor),
      truncate: (size) => ftruncateSync(descriptor, size),
      close: () => closeSync(descriptor),
    };
  },

  replace(from, to) {
    renameSync(from, to);
    syncFolder(dirname(to));
  },
};

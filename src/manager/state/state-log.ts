import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { realDisk, type Disk, type DiskFile } from './disk.ts';
import { formatLine, parseLine, readLines, type Line } from './line.ts';

/** What a state is made of: entries, one after the other, each a plain object. */
export interface StateRules<State, Entry> {
  /** The state of an empty log. */
  readonly empty: () => State;
  /** The state after one more entry. Without side effects, and never throwing for one that was let in. */
  readonly reduce: (state: State, entry: Entry) => State;
}

export interface StateLogOptions<State, Entry> extends StateRules<State, Entry> {
  /** Exists, and is used by this process alone. */
  readonly folder: string;
  readonly disk?: Disk;
  /** Entries after which a snapshot is made. Default: 10,000. */
  readonly snapshotEvery?: number;
}

/** The disk did not take an entry: nothing of it counts, all before it does. */
export class NotRecorded extends Error {
  constructor(cause: unknown) {
    super(`the state log cannot be written: ${(cause as Error).message}`, { cause });
    this.name = 'NotRecorded';
  }
}

/** A state that outlives its process and the power: on disk before anybody hears of a change. */
export interface StateLog<State, Entry> {
  readonly state: State;
  /**
   * Records entries, all or none. On return they are on stable storage and in `state`.
   * @throws NotRecorded if the disk does not take them; the state is as before
   */
  append(...entries: readonly Entry[]): void;
  close(): void;
}

/**
 * Opens a state log: the snapshot, and the entries since. What was half written when the power failed
 * is taken off; nobody has been told of it.
 * @throws UserError if a file is damaged
 */
export function openStateLog<State, Entry>(
  options: StateLogOptions<State, Entry>,
): StateLog<State, Entry> {
  const { folder, disk = realDisk, snapshotEvery = 10_000, empty, reduce } = options;
  const [logPath, snapshotPath] = [join(folder, 'state.log'), join(folder, 'snapshot')];
  const snapshot = readSnapshot<State>(disk, snapshotPath);
  let state = snapshot?.entry ?? empty();
  let last = snapshot?.number ?? 0;
  let since = 0;

  const bytes = disk.read(logPath) ?? Buffer.alloc(0);
  const { lines, size: whole } = readLines<Entry>(logPath, bytes);
  for (const { number, entry } of lines) {
    // The snapshot has it, if the power failed before the log was begun anew.
    if (number <= last) continue;
    if (number !== last + 1) throw gap(logPath, last + 1, number);
    state = reduce(state, entry);
    last = number;
    since++;
  }
  const file = disk.open(logPath, false);
  let size = whole;
  // Bytes behind `size` may be there, or entries on the disk of which nobody was told.
  let clean = size === bytes.length;

  /** After a failed write nobody knows what the disk has: first it has to be what we know again. */
  function cleanUp(): void {
    if (clean) return;
    file.truncate(size);
    file.sync();
    clean = true;
  }

  function makeSnapshot(): void {
    writeWhole(disk, `${snapshotPath}.next`, formatLine({ number: last, entry: state }));
    disk.replace(`${snapshotPath}.next`, snapshotPath);
    // From here on the log may be empty, or have what the snapshot has.
    [size, since, clean] = [0, 0, false];
    cleanUp();
  }

  cleanUp();
  return {
    get state() {
      return state;
    },

    append(...entries) {
      const text = entries
        .map((entry, at) => formatLine({ number: last + 1 + at, entry }))
        .join('');
      try {
        cleanUp();
        clean = false;
        const written = writeAll(file, Buffer.from(text));
        file.sync();
        size += written;
        clean = true;
      } catch (error) {
        // Else a restart could find what was refused.
        attempt(cleanUp);
        throw new NotRecorded(error);
      }
      for (const entry of entries) state = reduce(state, entry);
      last += entries.length;
      since += entries.length;
      if (since < snapshotEvery) return;
      // Where that fails the log has everything, and the next entry tries again.
      attempt(makeSnapshot);
    },

    close: () => file.close(),
  };
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The caller goes on as if it had not been tried.
  }
}

function readSnapshot<State>(disk: Disk, path: string): Line<State> | undefined {
  const bytes = disk.read(path);
  if (bytes === undefined) return undefined;
  const line = parseLine<State>(bytes.toString('utf8').replace(/\n$/, ''));
  if (line !== undefined) return line;
  throw new UserError({
    where: path,
    message: 'the snapshot of the state is damaged',
    remedy: 'Restore the file from a copy.',
  });
}

function gap(path: string, expected: number, got: number): UserError {
  return new UserError({
    where: path,
    message: `the state log lacks entries: expected number ${expected}, got ${got}`,
    remedy: 'Restore the folder from a copy.',
  });
}

function writeWhole(disk: Disk, path: string, text: string): void {
  const file = disk.open(path, true);
  try {
    writeAll(file, Buffer.from(text));
    file.sync();
  } finally {
    file.close();
  }
}

function writeAll(file: DiskFile, bytes: Buffer): number {
  for (let at = 0; at < bytes.length;) at += file.write(bytes.subarray(at));
  return bytes.length;
}

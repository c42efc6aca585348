import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError } from '../../base/errors.ts';
import { escapeControls } from '../../base/yaml/printable.ts';
import { readRun } from '../results/run-file.ts';
import { bundledFiles, bundledFolders, manifestName, refusedName } from './entry-name.ts';
import type { Manifest } from './manifest.ts';
import { blockSize, largestFile, tarHeader } from './tar-header.ts';

/**
 * Looks whether a run folder can be packed, before anything is written into it or beside it.
 * @throws UserError if it is no run, if it holds what cannot be packed (links, also those to folders), or
 *   if there is something where the archive is to be
 */
export function checkPackable(folder: string, target: string): void {
  readRun(folder);
  namesIn(folder);
  if (!isThere(target)) return;
  throw new UserError({
    where: target,
    message: 'expected to make a new file for the bundle, found one',
    remedy: 'Remove it, or name another one: --output FILE.',
  });
}

function isThere(target: string): boolean {
  try {
    return lstatSync(target, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw notMade(target, cause);
  }
}

function notMade(target: string, cause: unknown): UserError {
  const message = `the bundle cannot be made (${(cause as Error).message})`;
  return new UserError({ where: target, message }, { cause });
}

/**
 * Packs a run folder with its report into one archive (ustar, gzip). Only the content of the files
 * counts: owners and times are left out.
 * @returns how many files and bytes went in
 * @throws UserError if the folder is no run, holds what cannot be packed, or the archive cannot be written;
 *   the reason of the signal
 */
export async function writeBundle(
  folder: string,
  target: string,
  virtgauge: string,
  signal?: AbortSignal,
): Promise<{ files: number; bytes: number }> {
  const run = readRun(folder);
  const names = namesIn(folder);
  const files: Record<string, string> = {};
  let bytes = 0;
  const next = `${target}.part`;
  const written = createWriteStream(next);
  try {
    await pipeline(Readable.from(archive()), createGzip(), written, { signal });
    renameSync(next, target);
  } catch (cause) {
    // Not while it may still be about to make the file.
    if (!written.closed) await new Promise<void>((resolve) => written.once('close', resolve));
    rmSync(next, { force: true });
    signal?.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw notMade(target, cause);
  }
  return { files: names.length, bytes };

  async function* archive(): AsyncGenerator<Buffer> {
    for (const name of names) {
      const { size } = lstatSync(join(folder, name));
      yield headerOf(name, size);
      const hash = createHash('sha256');
      let done = 0;
      for await (const chunk of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
        done += chunk.length;
        if (done > size) break;
        hash.update(chunk);
        yield chunk;
      }
      if (done !== size) {
        throw new UserError({
          where: join(folder, name),
          message: 'expected a file that stays as it is, but it changed while it was packed',
          remedy: 'Wait until the run has ended.',
        });
      }
      yield padding(size);
      files[name] = hash.digest('hex');
      bytes += size;
    }
    const manifest: Manifest = { bundle: 1, run: run.id, virtgauge, files };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    yield headerOf(manifestName, text.length);
    yield text;
    yield padding(text.length);
    yield Buffer.alloc(2 * blockSize);
  }
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

function headerOf(name: string, size: number): Buffer {
  const header = size > largestFile ? undefined : tarHeader(name, size);
  if (header !== undefined) return header;
  throw new UserError({
    where: name,
    message: 'expected a file of at most 8 GiB whose name fits into an archive',
  });
}

/** In an order that does not depend on the file system. */
function namesIn(folder: string): string[] {
  const names = [
    ...bundledFiles.filter((name) => kindOf(name) !== undefined),
    ...bundledFolders.flatMap((name) => {
      const kind = kindOf(name);
      if (kind === undefined) return [];
      if (!kind.isDirectory()) throw refused(name, 'folder', 'a link or a file');
      return inside(name);
    }),
  ];
  for (const name of names) {
    const why = refusedName(name);
    if (why !== undefined || kindOf(name)?.isFile() !== true) {
      throw refused(name, 'regular file', why ?? 'a link or a device');
    }
  }
  return names;

  /** Of the entry itself, whatever it links to. */
  function kindOf(name: string) {
    return lstatSync(join(folder, name), { throwIfNoEntry: false });
  }

  function refused(name: string, expected: string, got: string): UserError {
    return new UserError({
      where: escapeControls(join(folder, name)),
      message: `expected a ${expected}, got ${got}`,
      remedy: 'Remove it: a bundle holds files of the run only.',
    });
  }

  function inside(path: string): string[] {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) => {
      const own = `${path}/${entry.name}`;
      return entry.isDirectory() ? inside(own) : [own];
    });
  }
}

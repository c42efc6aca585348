import { createHash, type Hash } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../base/errors.ts';
import { show } from '../../base/yaml/printable.ts';
import { manifestName, refusedName } from './entry-name.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { blockSize, readTarHeader } from './tar-header.ts';

/** More than any run; a small archive that unpacks to more is an attack or a mistake. */
const limits = { files: 200_000, bytes: 64 * 2 ** 30 };

const types: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a folder',
  '6': 'a pipe',
};

/**
 * Unpacks a bundle into an empty folder. Only regular files of a run are taken: links, devices, absolute
 * paths and paths that lead out of the folder are refused before anything of them is written; each file must
 * have the SHA-256 that the manifest names.
 * @throws UserError, or the reason of the signal; what was unpacked until then is left to whoever made the
 *   folder
 */
export async function readBundle(
  path: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Manifest> {
  const unpacking = new Unpacking(path, folder);
  const [source, gunzip] = [createReadStream(path), createGunzip()];
  try {
    // An error of reading the file does not reach the end of the pipe by itself.
    source.on('error', (error) => gunzip.destroy(error));
    for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      unpacking.take(chunk);
    }
    return unpacking.end();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof UserError) throw cause;
    const { syscall, message } = cause as NodeJS.ErrnoException;
    const what = syscall === undefined ? 'expected a bundle of virtgauge' : 'cannot be unpacked';
    throw unpacking.refused(`${what} (${message})`, cause);
  } finally {
    source.destroy();
    unpacking.close();
  }
}

interface OpenFile {
  name: string;
  descriptor: number;
  hash: Hash;
  left: number;
  padding: number;
}

class Unpacking {
  readonly #path: string;
  readonly #folder: string;
  readonly #hashes = new Map<string, string>();
  #rest: Buffer = Buffer.alloc(0);
  #file: OpenFile | undefined;
  #bytes = 0;
  #ended = false;

  constructor(path: string, folder: string) {
    this.#path = path;
    this.#folder = folder;
  }

  take(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (data.length > 0 && !this.#ended) {
      if (this.#file === undefined) {
        if (data.length < blockSize) break;
        this.#begin(data.subarray(0, blockSize));
        data = data.subarray(blockSize);
      } else data = this.#content(this.#file, data);
    }
    this.#rest = this.#ended ? Buffer.alloc(0) : data;
  }

  end(): Manifest {
    const manifest = this.#ended ? this.#manifest() : undefined;
    if (manifest === undefined) throw this.refused('expected a whole bundle, but it is cut off');
    const { files } = manifest;
    this.#hashes.delete(manifestName);
    for (const [name, hash] of this.#hashes) {
      if (Object.hasOwn(files, name) && files[name] === hash) continue;
      throw this.refused(`expected ${show(name)} as it was packed, but it was changed`);
    }
    const missing = Object.keys(files).find((name) => !this.#hashes.has(name));
    if (missing !== undefined) throw this.refused(`expected ${show(missing)}, which is missing`);
    return manifest;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  refused(message: string, cause?: unknown): UserError {
    return new UserError(
      {
        where: this.#path,
        message,
        remedy: 'Take it again from its source, or make it again: virtgauge bundle RUN.',
      },
      { cause },
    );
  }

  #begin(block: Buffer): void {
    const header = readTarHeader(block);
    if (header === 'end') {
      this.#ended = true;
      return;
    }
    if (header === undefined)
      throw this.refused('expected a bundle, got another or a damaged archive');
    const { name, size, type } = header;
    const why =
      refusedName(name) ??
      (type === '0' ? undefined : (types[type] ?? 'an entry of another kind')) ??
      (this.#hashes.has(name) ? 'a file that it has already' : undefined);
    if (why !== undefined) throw this.refused(`expected files of a run, got ${why}: ${show(name)}`);
    this.#bytes += size;
    if (this.#bytes > limits.bytes || this.#hashes.size >= limits.files) {
      throw this.refused('expected a run of at most 64 GiB in 200,000 files, got more');
    }
    const target = join(this.#folder, name);
    mkdirSync(dirname(target), { recursive: true });
    this.#file = {
      ...{ name, left: size, padding: (blockSize - (size % blockSize)) % blockSize },
      // Never through a link, never over a file.
      descriptor: openSync(target, 'wx'),
      hash: createHash('sha256'),
    };
    if (size === 0) this.#finish(this.#file);
  }

  /** @returns what belongs to the next entry */
  #content(file: OpenFile, data: Buffer): Buffer {
    const own = data.subarray(0, file.left);
    for (let done = 0; done < own.length;) done += writeSync(file.descriptor, own, done);
    file.hash.update(own);
    file.left -= own.length;
    const filler = Math.min(file.left === 0 ? file.padding : 0, data.length - own.length);
    file.padding -= filler;
    if (file.left === 0 && file.padding === 0) this.#finish(file);
    return data.subarray(own.length + filler);
  }

  #finish(file: OpenFile): void {
    closeSync(file.descriptor);
    this.#hashes.set(file.name, file.hash.digest('hex'));
    this.#file = undefined;
  }

  #manifest(): Manifest | undefined {
    if (!this.#hashes.has(manifestName)) return undefined;
    const { data, error } = manifestSchema.safeParse(
      JSON.parse(readFileSync(join(this.#folder, manifestName), 'utf8')),
    );
    if (data !== undefined) return data;
    throw this.refused(
      `expected a bundle of this virtgauge (${error.issues[0]?.message ?? ''})`,
      error,
    );
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import {
  currentOwner,
  ownerName,
  ownerState,
  parseOwnerName,
  type Owner,
} from '../../ledger/owner.ts';
import { makeFolder } from '../../make-folder.ts';

/**
 * `VIRTGAUGE_CACHE`, else `virtgauge` in the XDG cache directory; absolute, since images name their
 * backing files by it. A relative `XDG_CACHE_HOME` is ignored, as its specification demands.
 */
export function cacheDirectory(
  env: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): string {
  const { VIRTGAUGE_CACHE: own = '', XDG_CACHE_HOME: xdg = '' } = env;
  if (own !== '') return resolve(own);
  return join(isAbsolute(xdg) ? xdg : join(home, '.cache'), 'virtgauge');
}

const prefix = '.partial-';

/** A short name for the given inputs: equal inputs, equal name. */
export function contentKey(...inputs: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(`${input.length}:`).update(input);
  return hash.digest('hex').slice(0, 16);
}

/**
 * The folder `name` of the cache, made by `build` if it is not there. It appears whole or not at
 * all, also when two build it at once or one is killed.
 */
export async function cached(
  cache: string,
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  await removeAbandoned(cache);
  const partial = join(cache, `${prefix}${ownerName(currentOwner())}+${name}-${randomUUID()}`);
  makeFolder(partial);
  try {
    await build(partial);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Milliseconds after which what another machine builds is abandoned: nothing takes a day. */
const day = 24 * 3600 * 1000;

/** What a killed process left half built. A cache may lie on a file system that machines share. */
async function removeAbandoned(cache: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const path = join(cache, name);
    if (await isAbandoned(path, parseOwnerName(name.slice(prefix.length).split('+')[0] ?? ''))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function isAbandoned(path: string, owner: Owner | undefined): Promise<boolean> {
  const state = owner === undefined ? 'elsewhere' : ownerState(owner);
  if (state !== 'elsewhere') return state === 'dead';
  const changed = await stat(path).catch(() => undefined);
  return changed !== undefined && Date.now() - changed.mtimeMs > day;
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `VIRTGAUGE_CACHE`, else `virtgauge` in the XDG cache directory. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env.VIRTGAUGE_CACHE) return env.VIRTGAUGE_CACHE;
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'virtgauge');
}

/** A short name for the given inputs: equal inputs, equal name. */
export function contentKey(...inputs: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(`${input.length}:`).update(input);
  return hash.digest('hex').slice(0, 16);
}

/**
 * The folder `name` of the cache, made by `build` if it is not there. It appears whole or not at
 * all, also when two processes build it at once or one is killed.
 */
export async function cached(
  cache: string,
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const partial = join(cache, `.partial-${process.pid}-${name}`);
  await removeAbandoned(cache);
  await mkdir(partial, { recursive: true });
  try {
    await build(partial);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** What a killed process left half built. */
async function removeAbandoned(cache: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  for (const name of names) {
    const pid = /^\.partial-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      await rm(join(cache, name), { recursive: true, force: true });
    }
  }
}

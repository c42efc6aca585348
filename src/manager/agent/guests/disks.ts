import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { writeSynced } from '../../../platform/write-synced.ts';
import type { GuestFile } from './guest-files.ts';

/** Makes a disk from a template, with zeros behind it; it is on stable storage when it is there. */
export async function makeDisk(
  template: string,
  path: string,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  const options = { timeout: 600, signal };
  await localShell.run(['cp', '--sparse=always', template, path], options);
  await localShell.run(['truncate', '-s', String(bytes), path], options);
  await localShell.run(['sync', path, dirname(path)], options);
}

/** Stands beside a guest's disk, and has the name of the host that the guest is on. */
const ownerFile = (path: string) => `${path}.host`;

/** The guest of this disk is on this host from now on: others that see the disk leave it alone. */
export function takeDisk(path: string, host: string): void {
  writeSynced(ownerFile(path), host);
}

/** Removes one disk. */
export async function removeDisk(path: string): Promise<void> {
  for (const each of [path, ownerFile(path)]) await rm(each, { force: true });
}

/** Removes all disks of a guest, unless another host has taken them since; and the folder of its sockets. */
export async function removeDisks({ spec }: Pick<GuestFile, 'spec'>, host: string): Promise<void> {
  const { path } = spec.disk;
  if ((await ownerOf(path, host)) === host) {
    for (const plugged of await pluggedDisks(spec)) await rm(plugged, { force: true });
    await removeDisk(path);
  }
  await rm(spec.directory, { recursive: true, force: true });
}

/** Whose a disk is; one that nobody has taken is of whoever made it, `host`. */
async function ownerOf(disk: string, host: string): Promise<string> {
  try {
    return await readFile(ownerFile(disk), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return host;
    throw error;
  }
}

/** `web.raw` → `web.plugged-….raw`: in the order of their names they were added. */
export function newDiskPath({ disk }: Pick<GuestSpec, 'disk'>): string {
  const moment = Date.now().toString().padStart(15, '0');
  return disk.path.replace(/\.raw$/, `.plugged-${moment}-${randomBytes(2).toString('hex')}.raw`);
}

/** Disks that were plugged into a guest, on whatever host, in the order in which they were. */
export async function pluggedDisks({ disk }: Pick<GuestSpec, 'disk'>): Promise<string[]> {
  const folder = dirname(disk.path);
  const prefix = `${basename(disk.path, '.raw')}.plugged-`;
  const names = await readdir(folder).catch(() => []);
  const own = names.filter((name) => /^\d{15}-[0-9a-f]{4}\.raw$/.test(name.slice(prefix.length)));
  return own
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => join(folder, name));
}

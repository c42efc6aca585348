import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import { localShell } from '../../../platform/remote/local.ts';
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

/** Removes all disks of a guest, and the folder of its sockets. */
export async function removeDisks({ spec }: Pick<GuestFile, 'spec'>): Promise<void> {
  for (const path of await pluggedDisks(spec)) await rm(path, { force: true });
  await rm(spec.disk.path, { force: true });
  await rm(spec.directory, { recursive: true, force: true });
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

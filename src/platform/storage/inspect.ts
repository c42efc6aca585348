import { join } from 'node:path';
import { directAlignment } from './direct-alignment.ts';
import { CommandError, type Argv, type Shell } from '../remote/shell.ts';
import type { StorageInspection } from './storage.ts';

/** What any mounted file system tells of itself, and what two small files show. */
export async function inspectDirectory(
  shell: Shell,
  directory: string,
): Promise<StorageInspection> {
  const probe = join(directory, 'probe');
  const [{ stdout: df }, { stdout: stat }] = await Promise.all([
    shell.run(['df', '-B1', '--output=fstype,avail', directory]),
    shell.run(['stat', '-c', '%d', directory]),
  ]);
  const [filesystem = 'unknown', free = '0'] = (df.trim().split('\n')[1] ?? '').trim().split(/\s+/);
  const directIo = await succeeds(shell, [
    ...(['dd', 'if=/dev/zero', `of=${probe}`, 'bs=4096', 'count=1', 'oflag=direct'] as const),
    'status=none',
  ]);
  const alignment = directIo ? await directAlignment(shell, probe) : undefined;
  await shell.run(['touch', probe]);
  const reflink = await succeeds(shell, ['cp', '--reflink=always', probe, `${probe}.copy`]);
  await shell.run(['rm', '-f', probe, `${probe}.copy`]);
  return {
    ...{ filesystem, device: stat.trim(), free: Number(free), directIo, reflink },
    ...(alignment !== undefined && { directAlignment: alignment }),
    ...{ facts: {}, warnings: [] },
  };
}

async function succeeds(shell: Shell, argv: Argv): Promise<boolean> {
  try {
    await shell.run(argv);
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

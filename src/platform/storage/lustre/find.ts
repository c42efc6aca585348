import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { ask } from '../ask.ts';
import { mountOf, type Mount } from '../mounts.ts';
import { parseSource, type MountSource } from './source.ts';

/** Where a directory lies on Lustre; what the host does not tell is absent. */
export interface LustreMount {
  mount: Mount | undefined;
  source: MountSource | undefined;
  /** What the mount options leave open. */
  warnings: readonly string[];
}

/** What `stat -f -c %t` prints on a client; coreutils before 9 know no name for it. */
const clientMagic = 'bd00bd0';
const serverMagic = 'bd00bd1';

/**
 * @throws UserError if it does not answer, is not on a client of Lustre, is read-only, or its locks
 * are not those of the whole cluster
 */
export async function findLustre(shell: Shell, directory: string): Promise<LustreMount> {
  const where = placeOf(shell, directory);
  const answer = await ask(shell, ['stat', '-f', '-c', '%t %T', '--', directory]);
  if (!answer.ok) {
    if (answer.why === 'silent') throw silentMount(shell, directory);
    throw new UserError({
      ...{ where, message: `expected a directory on Lustre, found none: ${answer.text}` },
      remedy: 'Make the directory, or mount Lustre there.',
    });
  }
  const [magic, ...name] = answer.stdout.trim().split(' ');
  if (magic !== clientMagic) {
    const found =
      magic === serverMagic
        ? 'the disk of a Lustre server'
        : `${name.join(' ') || 'unknown'} (magic ${magic || 'unknown'})`;
    throw new UserError({
      where,
      message: `expected a directory on a mounted Lustre client (kind: lustre, magic ${clientMagic}), found ${found}`,
      remedy: 'Mount Lustre there (mount -t lustre), name a directory on it, or another kind.',
    });
  }
  const mount = await mountOf(shell, directory);
  const warnings = mount === undefined ? [] : judgeOptions(mount, where);
  return { mount, source: mount && parseSource(mount.source), warnings };
}

/** A directory of a host, for messages. */
export function placeOf({ host }: Shell, directory: string): string {
  return host === 'localhost' ? directory : `${host}:${directory}`;
}

export function silentMount(shell: Shell, directory: string): UserError {
  return new UserError({
    where: placeOf(shell, directory),
    message: 'expected a mounted Lustre that answers, this one did not within its time',
    remedy: 'See lfs check servers and dmesg there: a server or its network may be gone.',
  });
}

function judgeOptions({ options, target }: Mount, where: string): string[] {
  if (options.includes('ro')) {
    throw new UserError({
      where,
      message: `expected a Lustre mount that can be written, found ${target} mounted read-only (option ro)`,
      remedy: `As root: mount -o remount,rw ${target}, or see dmesg for what made it read-only.`,
    });
  }
  const weak = options.find((option) => option === 'noflock' || option === 'localflock');
  if (weak !== undefined) {
    const why =
      weak === 'noflock'
        ? 'QEMU cannot lock disks there'
        : 'two hosts could open one disk without noticing';
    throw new UserError({
      where,
      message: `expected a Lustre mount with option flock, found ${target} with ${weak}: ${why}`,
      remedy: `As root, after umount ${target}: mount it again with -o flock.`,
    });
  }
  if (options.includes('flock')) return [];
  return [
    `${target} is mounted without naming flock, which before Lustre 2.17 means that there are no locks`,
  ];
}

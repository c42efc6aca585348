import { UserError } from '../../base/errors.ts';
import type { Shell } from '../remote/shell.ts';
import { ask } from './ask.ts';
import { inspectDirectory } from './inspect.ts';
import { mountOf, optionOf, type Mount } from './mounts.ts';
import { parseMountStats } from './mountstats.ts';
import type { StorageBackend } from './storage.ts';

/** A mounted NFS export: one server, or several behind one name. */
export const nfs: StorageBackend = {
  kind: 'nfs',
  label: 'NFS',
  standIn: 'NFS',
  cachedByServers: true,

  async inspect(shell, directory) {
    const mount = await requireNfs(shell, directory);
    const general = await inspectDirectory(shell, directory);
    return {
      ...general,
      facts: { ...general.facts, ...factsOf(mount) },
      warnings: [...general.warnings, ...warningsOf(mount)],
    };
  },

  async counters(shell, directory) {
    const mount = await mountOf(shell, directory);
    const answer = await ask(shell, ['cat', '/proc/self/mountstats']);
    return mount !== undefined && answer.ok ? parseMountStats(answer.stdout, mount.target) : {};
  },

  async compareHosts(first, other, directory) {
    const mounts = await Promise.all([
      mountOf(first.shell, directory),
      mountOf(other.shell, directory),
    ]);
    const [a, b] = mounts;
    if (b !== undefined && !isNfs(b))
      return { problems: [notNfs(other.name, directory, b)], warnings: [] };
    if (a === undefined || b === undefined) return { problems: [], warnings: [] };
    const differing = ['vers', 'proto', 'rsize', 'wsize'].filter(
      (name) => optionOf(a, name) !== optionOf(b, name),
    );
    return {
      problems: lockProblems(other.name, directory, b),
      warnings: differing.map(
        (name) =>
          `${first.name} has NFS mounted with ${name}=${optionOf(a, name) ?? 'unknown'}, ${other.name} with ${name}=${optionOf(b, name) ?? 'unknown'}`,
      ),
    };
  },
};

function isNfs({ type }: Mount): boolean {
  return type === 'nfs' || type === 'nfs4';
}

async function requireNfs(shell: Shell, directory: string): Promise<Mount> {
  const there = await ask(shell, ['stat', '-f', '-c', '%T', '--', directory]);
  if (!there.ok && there.why === 'silent') {
    throw new UserError({
      where: placeOf(shell, directory),
      message: 'expected a mounted NFS that answers, this one did not within its time',
      remedy: 'See dmesg there: the server or its network may be gone.',
    });
  }
  const mount = await mountOf(shell, directory);
  if (mount === undefined || !isNfs(mount))
    throw new UserError(notNfs(shell.host, directory, mount));
  const problems = lockProblems(shell.host, directory, mount);
  if (problems.length > 0) throw new UserError(problems);
  if (mount.options.includes('ro')) {
    throw new UserError({
      where: placeOf(shell, directory),
      message: `expected an NFS mount that can be written, found ${mount.target} mounted read-only (option ro)`,
      remedy: `As root: mount -o remount,rw ${mount.target}, or see the exports of the server.`,
    });
  }
  return mount;
}

function notNfs(host: string, directory: string, mount: Mount | undefined) {
  const found =
    mount === undefined ? 'nothing that is mounted' : `${mount.type} from ${mount.source}`;
  return {
    where: placeOf({ host }, directory),
    message: `expected a directory on a mounted NFS (kind: nfs), found ${found}`,
    remedy: 'Name a directory on NFS, or another kind of storage.',
  };
}

/** Locks that stay on one host do not keep two hosts from opening one disk. */
function lockProblems(host: string, directory: string, mount: Mount) {
  const local = optionOf(mount, 'local_lock');
  // QEMU takes byte-range locks; local_lock=flock concerns others.
  const weak =
    local === 'all' || local === 'posix'
      ? `local_lock=${local}`
      : mount.options.find((option) => option === 'nolock');
  if (weak === undefined) return [];
  return [
    {
      where: placeOf({ host }, directory),
      message: `expected an NFS mount whose locks are those of all hosts, found ${mount.target} with ${weak}: two hosts could open one disk without noticing`,
      remedy: `As root, after umount ${mount.target}: mount it again with local_lock=none and without nolock.`,
    },
  ];
}

function placeOf({ host }: Pick<Shell, 'host'>, directory: string): string {
  return host === 'localhost' ? directory : `${host}:${directory}`;
}

function factsOf(mount: Mount): Record<string, string> {
  const [server = 'unknown'] = mount.source.split(':/');
  return {
    'mount source': mount.source,
    server,
    'NFS version': optionOf(mount, 'vers') ?? 'unknown',
    network: optionOf(mount, 'proto') ?? 'unknown',
    'mount options': mount.options.join(','),
  };
}

function warningsOf({ target, options }: Mount): string[] {
  const soft = options.find((option) => option === 'soft' || option === 'softerr');
  const async = options.includes('async');
  return [
    ...(soft === undefined
      ? []
      : [`${target} is mounted ${soft}: guests get I/O errors when the server is slow to answer`]),
    ...(async ? [`${target} is mounted async: writes may be lost when this host fails`] : []),
  ];
}

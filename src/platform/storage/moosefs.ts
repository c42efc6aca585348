import { UserError } from '../../base/errors.ts';
import { ask } from './ask.ts';
import { inspectDirectory } from './inspect.ts';
import { mountOf } from './mounts.ts';
import type { StorageBackend } from './storage.ts';

/** A mounted MooseFS: metadata server and chunk servers, in shape the nearest to Lustre, and not it. */
export const moosefs: StorageBackend = {
  kind: 'moosefs',
  label: 'MooseFS',
  standIn: 'MooseFS',
  cachedByServers: true,

  async inspect(shell, directory) {
    const { stdout } = await shell.run(['df', '--output=fstype,source', directory]);
    const [type = '', source = ''] = (stdout.trim().split('\n')[1] ?? '').trim().split(/\s+/);
    if (!/^mfs#|mfsmount|moosefs/i.test(source) && !/mfs|moosefs/.test(type)) {
      throw new UserError({
        where: directory,
        message: `expected a mounted MooseFS (kind: moosefs), found ${type} from ${source}`,
        remedy: 'Name a directory on MooseFS, or another kind of storage.',
      });
    }
    const general = await inspectDirectory(shell, directory);
    const mount = await mountOf(shell, directory);
    const version = await ask(shell, ['sh', '-c', 'mfsmount --version 2>&1']);
    return {
      ...general,
      filesystem: 'moosefs',
      facts: {
        ...general.facts,
        'mount source': source,
        'mount options': mount?.options.join(',') ?? 'unknown',
        'client version':
          (version.ok ? /version:\s*(\S+)/.exec(version.stdout)?.[1] : undefined) ?? 'unknown',
      },
    };
  },
};

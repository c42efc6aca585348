import { UserError } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/units.ts';
import type { Shell } from '../../remote/shell.ts';
import { ask } from '../ask.ts';
import { placeOf } from './find.ts';
import { parseProject, parseQuota, quotaLeft, type Quota } from './quota.ts';

/** What quotas leave to whoever owns the files of a directory. */
export interface Limits {
  /** Bytes; Infinity where nothing limits them. */
  left: number;
  facts: Record<string, string>;
  warnings: string[];
}

/**
 * Quotas of the user, group and project to which new files of the directory count. Those of UID and
 * GID 0 do not bind.
 * @throws UserError if one is used up
 */
export async function quotaLimits(shell: Shell, directory: string): Promise<Limits> {
  const limits: Limits = { left: Infinity, facts: {}, warnings: [] };
  for (const { flag, name, id } of await owners(shell, directory, limits.facts)) {
    const answer = await ask(shell, ['lfs', 'quota', flag, `${id}`, directory]);
    const key = `quota of ${name} ${id}`;
    // Where some server does not answer lfs quota ends with a code, after it has printed figures.
    const quota = parseQuota(answer.stdout);
    if (quota === undefined) {
      const unknown = answer.ok ? 'lfs quota printed no figures' : answer.text;
      limits.facts[key] = `not known: ${unknown}`;
      continue;
    }
    limits.facts[key] = describe(quota);
    const left = quotaLeft(quota);
    if (left === 0) {
      throw new UserError({
        where: placeOf(shell, directory),
        message: `expected a quota that lets files be written, that of ${name} ${id} is used up: ${describe(quota)}`,
        remedy: 'Remove files, ask for a higher quota, or name a directory under another project.',
      });
    }
    if (quota.grace !== undefined) {
      limits.warnings.push(`the soft quota of ${name} ${id} is exceeded, ${quota.grace} remain`);
    }
    if (quota.inaccurate)
      limits.warnings.push(`the quota of ${name} ${id} is not accurately known`);
    limits.left = Math.min(limits.left, left);
  }
  return limits;
}

interface Owner {
  flag: '-u' | '-g' | '-p';
  name: string;
  id: number;
}

async function owners(
  shell: Shell,
  directory: string,
  facts: Record<string, string>,
): Promise<Owner[]> {
  const [ids, project] = await Promise.all([
    ask(shell, ['sh', '-c', 'id -u; stat -c "%u %g" -- "$1"', 'sh', directory]),
    ask(shell, ['lfs', 'project', '-d', directory]),
  ]);
  const [self, user, group] = (ids.ok ? ids.stdout : '').trim().split(/\s+/).map(Number);
  if (self === 0 && user !== undefined && user !== 0) {
    facts['root'] = `squashed: files belong to UID ${user}`;
  }
  const projectId = project.ok ? parseProject(project.stdout) : undefined;
  const found: [Owner['flag'], string, number | undefined][] = [
    ['-u', 'user', user],
    ['-g', 'group', group],
    ['-p', 'project', projectId],
  ];
  return found.flatMap(([flag, name, id]) =>
    id === undefined || id === 0 || Number.isNaN(id) ? [] : [{ flag, name, id }],
  );
}

function describe({ used, soft, hard, grace }: Quota): string {
  const limits = [
    ...(soft > 0 ? [`soft limit ${formatBytes(soft)}`] : []),
    ...(hard > 0 ? [`limit ${formatBytes(hard)}`] : []),
    ...(grace === undefined ? [] : [`grace ${grace}`]),
  ];
  return [`${formatBytes(used)} used`, ...(limits.length === 0 ? ['no limit'] : limits)].join(', ');
}

import type { Host } from '../../../remote/host.ts';
import { within } from '../../../within.ts';
import { plainLanguage, virsh, virshCommand } from '../virsh.ts';
import { parseJobInfo, type JobInfo } from './job-info.ts';
import type { MigrationLimits } from './limits.ts';

/** Hears the figures of a migration that is done, from both ends. */
export interface CompletedJob {
  /** They may be empty. Never rejects. */
  figures(): Promise<JobInfo>;
  /** Must be called at the end. */
  stop(): Promise<void>;
}

/**
 * After pre-copy the target keeps the figures; after post-copy only the source has them, and tells
 * them once, when it forgets the guest.
 */
export function hearCompletedJob(
  source: Host,
  target: Host,
  domain: string,
  env: Readonly<Record<string, string>>,
  { answer }: MigrationLimits,
): CompletedJob {
  const ended = new AbortController();
  const told = source.shell
    .run(virshCommand(['event', '--domain', domain, '--event', 'job-completed']), {
      env: { ...plainLanguage, ...env },
      signal: ended.signal,
    })
    .then(({ stdout }) => parseJobInfo(stdout))
    .catch((): JobInfo => ({}));
  const kept = async () => {
    const args = ['domjobinfo', domain, '--completed', '--keep-completed', '--rawstats'];
    return parseJobInfo(await virsh(target.shell, args, { timeout: answer }));
  };
  return {
    async figures() {
      const info = await kept().catch((): JobInfo => ({}));
      if (info.time_elapsed !== undefined) return info;
      return within(answer, 'no figures', told).catch(() => info);
    },
    async stop() {
      ended.abort(new Error('the migration is over'));
      await told;
    },
  };
}

import type { Shell } from '../../shell.ts';
import type { Variables } from './allocation.ts';

/**
 * Reads a time as `squeue -o %L` prints it: `1-02:03:04`, `2:03:04`, `2:00` (minutes and seconds).
 * @returns seconds; undefined where there is no limit, or none is known
 */
export function parseTimeLeft(text: string): number | undefined {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/**
 * How long the job may go on, in seconds, as Slurm's variables or else `squeue` tell; undefined where
 * there is no limit or neither tells.
 * @param now seconds since 1970
 */
export async function jobTimeLeft(
  variables: Variables,
  job: string,
  { shell, now }: { shell: Shell; now: number },
): Promise<number | undefined> {
  const end = Number(variables['SLURM_JOB_END_TIME'] ?? NaN);
  if (Number.isFinite(end) && end > 0) return Math.max(0, end - now);
  if (!/^\d+$/.test(job)) return undefined;
  try {
    const { stdout } = await shell.run(['squeue', '-h', '-j', job, '-o', '%L'], { timeout: 10 });
    return parseTimeLeft(stdout);
  } catch {
    // A run can do without: the user has --budget.
    return undefined;
  }
}

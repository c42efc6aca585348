import type { MigrationEvent, MigrationReport } from '../../migration.ts';

/** libvirt's figures of a job by their own names: milliseconds, bytes, counts. */
export type JobInfo = Readonly<Record<string, number>>;

/** Reads what `virsh domjobinfo --rawstats` prints; what is no figure is left out. */
export function parseJobInfo(text: string): JobInfo {
  const figures = text.matchAll(/^\s*([a-z0-9_]+):\s+(-?\d+(?:\.\d+)?)\s*$/gm);
  return Object.fromEntries([...figures].map(([, name = '', value]) => [name, Number(value)]));
}

/** The counters of a migration on its way, for an event `progress`. */
export function progressFigures(info: JobInfo): MigrationEvent['figures'] {
  const { memory_processed: transferred, memory_remaining: remaining } = info;
  if (transferred === undefined || remaining === undefined) return undefined;
  const { memory_dirty_rate: pages, memory_page_size: pageSize = 4096 } = info;
  return { transferred, remaining, ...(pages !== undefined && { dirtyRate: pages * pageSize }) };
}

/**
 * What libvirt says of a migration.
 * @param over whether it came to its end: before that the downtime is one that is expected
 */
export function reportOf(info: JobInfo, raw: unknown, over: boolean): MigrationReport {
  const figures = {
    totalTime: seconds(info.time_elapsed),
    downtime: over ? seconds(info.downtime) : undefined,
    setupTime: seconds(info.setup_time),
    transferred: info.memory_processed,
    rounds: info.memory_iteration,
  };
  const known = Object.entries(figures).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), raw };
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

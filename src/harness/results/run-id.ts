/**
 * Name of a run: `2026-11-21-quickstart-41c7` from the day it began (UTC), its scenario and the
 * first four digits of its seed.
 */
export function runId({
  startedAt,
  name,
  seed,
}: {
  startedAt: Date;
  name: string;
  seed: string;
}): string {
  return `${startedAt.toISOString().slice(0, 10)}-${name}-${seed.slice(0, 4)}`;
}

import type { Run } from '../results/schema.ts';

/** `--filter` and its value, as words of a command: what keeps some of the levels of `all`, or nothing. */
export function filterOption(
  all: Readonly<Record<string, readonly unknown[]>>,
  kept: Run['factors'],
): string[] {
  const conditions = Object.entries(kept).flatMap(([factor, levels]) =>
    levels.length < (all[factor]?.length ?? 0) ? [`${factor}=${levels.join('|')}`] : [],
  );
  return conditions.length === 0 ? [] : ['--filter', conditions.join(',')];
}

import { join, relative } from 'node:path';
import type { RunResult } from '../harness/runner/run.ts';
import { formatElapsed } from './progress/elapsed.ts';

/** What is printed when a run has ended. */
export function runSummary(
  { run, trials, ended }: RunResult,
  path: string,
  report: { page: string; answer: readonly string[] } | undefined,
  json: boolean,
): string {
  const failed = trials.filter(({ state }) => state === 'failed');
  if (json) {
    return JSON.stringify({
      id: run.id,
      folder: path,
      ended,
      planned: run.planned,
      completed: trials.length - failed.length,
      failed: failed.length,
      answer: report?.answer,
      report: report && relative('', report.page),
    });
  }
  const seconds = (Date.parse(run.endedAt ?? run.startedAt) - Date.parse(run.startedAt)) / 1000;
  const counts = [
    `${trials.length} trials`,
    `${trials.length - failed.length} completed`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    formatElapsed(seconds),
  ];
  const [firstFailure] = failed;
  return [
    counts.join(', '),
    ...(ended === 'hopeless' ? ['every arm failed, so no further trial was begun'] : []),
    ...(ended === 'budget'
      ? [`the budget ended it after ${trials.length} of ${run.planned} trials`]
      : []),
    ...(firstFailure
      ? [
          `trial ${firstFailure.trial} failed: ${firstFailure.reason?.message ?? ''}`,
          ...(firstFailure.reason?.artifact
            ? [`  see ${join(path, firstFailure.reason.artifact)}`]
            : []),
        ]
      : []),
    ...(report?.answer.slice(0, 3) ?? []),
    report ? `report  ${relative('', report.page)}` : `results  ${path}`,
  ].join('\n');
}

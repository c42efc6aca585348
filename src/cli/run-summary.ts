import { join, relative } from 'node:path';
import { formatBytes } from '../base/units.ts';
import type { RunResult } from '../harness/runner/run.ts';
import { armPhrase } from '../harness/analysis/arms.ts';
import { completionOf, completionText } from '../harness/analysis/completion.ts';
import { formatElapsed } from './progress/elapsed.ts';

/** What is printed when a run has ended. */
export function runSummary(
  result: RunResult,
  path: string,
  report: { page: string; answer: readonly string[]; labels: readonly string[] } | undefined,
  json: boolean,
): string {
  const { run, trials, ended } = result;
  const failed = trials.filter(({ state }) => state === 'failed');
  const notConverged = trials.filter(({ state }) => state === 'not-converged');
  const completed = trials.length - failed.length - notConverged.length;
  if (json) {
    return JSON.stringify({
      id: run.id,
      folder: path,
      ended,
      planned: run.planned,
      writes: run.writes,
      completed,
      notConverged: notConverged.length,
      failed: failed.length,
      answer: report?.answer,
      labels: report?.labels,
      report: report && relative('', report.page),
    });
  }
  const seconds = (Date.parse(run.endedAt ?? run.startedAt) - Date.parse(run.startedAt)) / 1000;
  const counts = [
    `${trials.length} trials`,
    `${completed} completed`,
    ...(notConverged.length > 0 ? [`${notConverged.length} not converged`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    formatElapsed(seconds),
  ];
  const [firstFailure] = failed;
  return [
    counts.join(', '),
    ...(ended === 'hopeless' ? ['every arm failed, so no further trial was begun'] : []),
    ...(ended === 'out-of-reach'
      ? [
          `hosts were lost, so no further trial was begun; when they are back: virtgauge resume ${path} --retry-failed`,
        ]
      : []),
    ...(ended === 'budget'
      ? [
          `the budget ended it after ${trials.length} of ${run.planned} trials; to go on: virtgauge resume ${path}`,
        ]
      : []),
    ...(ended === 'write-budget' ? writesText(result, path) : []),
    ...(notConverged.length > 0 ? convergence(result) : []),
    ...(firstFailure
      ? [
          `trial ${firstFailure.trial} failed: ${firstFailure.reason?.message ?? ''}`,
          ...(firstFailure.reason?.artifact
            ? [`  see ${join(path, firstFailure.reason.artifact)}`]
            : []),
        ]
      : []),
    ...(report?.answer.slice(0, 3) ?? []),
    ...(report && report.labels.length > 0 ? [`labels  ${report.labels.join(' · ')}`] : []),
    report ? `report  ${relative('', report.page)}` : `results  ${path}`,
  ].join('\n');
}

function writesText({ run, trials }: RunResult, path: string): string[] {
  if (run.writes === undefined) return [];
  const { limit, templates, trials: written } = run.writes;
  const of = run.planned === undefined ? '' : ` of ${run.planned}`;
  return [
    `the write budget of ${formatBytes(limit)} ended it after ${trials.length}${of} trials: ${formatBytes(templates + written)} were written to storages, another trial would pass it; to go on: virtgauge resume ${path} --write-budget <more bytes>`,
  ];
}

/** One line for each arm with trials that did not converge. */
function convergence({ run, trials }: RunResult): string[] {
  return completionOf(run, trials).flatMap((completion, arm) =>
    completion.notConverged === 0
      ? []
      : [`${completionText(completion)} ${armPhrase(run.arms[arm] ?? {})}`.trim()],
  );
}

import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { UserError } from '../../base/errors.ts';
import { type Analysis, analyse } from '../analysis/analysis.ts';
import { checkRecords } from '../analysis/stored/check-records.ts';
import { readEvents } from '../results/read-events.ts';
import { readSamples } from '../results/read-samples.ts';
import { readRun } from '../results/run-file.ts';
import { readTrials } from '../results/read-trials.ts';
import { chartKinds } from './charts/list.ts';
import { exporters } from './exporters/list.ts';
import type { ReportFile } from './exporters/exporter.ts';
import type { DrawnChart } from './html/page.ts';
import { paletteOf, type Palette } from './palette.ts';

export interface ReportOptions {
  /** Folders of imported runs that are put beside the run. */
  beside?: readonly string[];
  /** Half width of the range around 1 in which arms count as equal; 0.05 by default. */
  margin?: number;
  /** Ends the writing between two files or pictures. */
  signal?: AbortSignal;
}

/** Reads the folder of a run and says what is in it. */
export function analyseRun(folder: string, { margin, beside = [] }: ReportOptions = {}): Analysis {
  // First: where this is no run at all, it says so.
  const run = readRun(folder);
  const { groups, warnings } = readSamples(join(folder, 'samples.ndjson'));
  const trials = readTrials(folder);
  const misfits = checkRecords({ folder, run, trials, groups });
  const all = new Set(trials.map(({ trial }) => trial));
  return analyse({
    run,
    events: (some) => readEvents(folder, some),
    eventsNamed: (names) => readEvents(folder, all, names),
    trials,
    groups,
    warnings: [...warnings, ...misfits],
    beside: beside.map((other) => ({
      run: readRun(other),
      trials: readTrials(other),
      groups: readSamples(join(other, 'samples.ndjson')).groups,
    })),
    ...(margin === undefined ? {} : { margin }),
  });
}

/**
 * Makes `report/` in the folder of a run: one HTML page, Markdown, tables, pictures. The same folder
 * gives the same bytes on every machine.
 * @returns the path of the page, the sentences of its answer, and what is to be said of all figures:
 *   emulation, stand-ins
 * @throws UserError if the folder is no run, is damaged, or cannot be written; the reason of the signal
 */
export async function writeReport(
  folder: string,
  options: ReportOptions = {},
): Promise<{ page: string; answer: readonly string[]; labels: readonly string[] }> {
  const analysis = analyseRun(folder, options);
  const palette = paletteOf(analysis.run);
  const charts = await drawCharts(analysis, palette, options.signal);
  const report = join(folder, 'report');
  try {
    for (const name of ['charts', 'tables'])
      rmSync(join(report, name), { recursive: true, force: true });
    // All begin before the first is written: PNG is drawn by threads of its own meanwhile.
    const begun = exporters.map(async (exporter) => exporter({ analysis, charts, palette }));
    for (const files of begun) {
      for (const file of await files) {
        options.signal?.throwIfAborted();
        write(report, file);
      }
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new UserError(
      {
        where: report,
        message: `the report cannot be written there (${(cause as Error).message})`,
        remedy: 'Make the folder writable, or make space.',
      },
      { cause },
    );
  }
  const answer = analysis.answer.map(({ text }) => text);
  return { page: join(report, 'index.html'), answer, labels: analysis.badges };
}

/** Vega is loaded only where there is something to draw. */
async function drawCharts(
  analysis: Analysis,
  palette: Palette,
  signal: AbortSignal | undefined,
): Promise<DrawnChart[]> {
  const charts = chartKinds.flatMap((kind) => kind(analysis, palette));
  if (charts.length === 0) return [];
  const { loadDrawing } = await import('./charts/draw.ts');
  const draw = await loadDrawing();
  const drawn: DrawnChart[] = [];
  for (const chart of charts) {
    // Lets signals come in: drawing itself leaves no time to them.
    await nextTurn();
    signal?.throwIfAborted();
    drawn.push({ ...chart, svg: await draw(chart) });
  }
  return drawn;
}

function write(report: string, { path, content }: ReportFile) {
  const target = join(report, path);
  mkdirSync(dirname(target), { recursive: true });
  const file = openSync(target, 'w');
  try {
    for (const piece of content) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    }
  } finally {
    closeSync(file);
  }
}

import type { Analysis } from '../../analysis/analysis.ts';
import type { SeriesResult } from '../../analysis/series-result.ts';
import { armPhrase, armText, levelText } from '../../analysis/arms.ts';
import { metricHint } from '../../analysis/metric-hints.ts';
import { floorNote } from '../../analysis/migration/floor-remark.ts';
import {
  quantityWithInterval,
  quantity,
  ratioText,
  ratioWithInterval,
} from '../../analysis/quantity.ts';
import { lostTrials, worstWord } from '../../analysis/summary.ts';
import { seriesText } from '../../analysis/series-text.ts';
import type { Palette } from '../palette.ts';
import { colourVariables } from './style.ts';
import { ratioBar, ratioRange } from './ratio-bar.ts';
import { type Html, html } from './template.ts';

/** More columns than these do not fit on paper: the table goes on below. */
const mostColumns = 8;

/** Rows are figures, columns arms; each cell says median, interval, n and ratio to the baseline. */
export function comparisonTable(
  analysis: Analysis,
  series: readonly SeriesResult[],
  palette: Palette,
): Html {
  const { arms } = analysis.run;
  const tables = Math.ceil(arms.length / mostColumns);
  const columns = Math.ceil(arms.length / tables);
  const chunks = Array.from({ length: tables }, (_, chunk) =>
    arms.map((_, arm) => arm).slice(chunk * columns, (chunk + 1) * columns),
  );
  return html`${chunks.map((columns) => tableOf(analysis, series, palette, columns))}`;
}

function tableOf(
  analysis: Analysis,
  series: readonly SeriesResult[],
  palette: Palette,
  columns: readonly number[],
): Html {
  return html`<div class="scroll">
    <table class="comparison">
      <thead>
        ${header(analysis, palette, columns)}
      </thead>
      <tbody>
        ${series.map((one) => row(analysis, one, columns))}
      </tbody>
    </table>
  </div>`;
}

/** One line a factor; neighbours with the same levels so far share a cell. */
function header({ run }: Analysis, palette: Palette, columns: readonly number[]): Html {
  const variables = colourVariables(palette);
  const factors = Object.keys(run.factors);
  const swatch = (arm: number) => {
    const { name } = variables.get(palette.arms[arm]?.light ?? '') ?? { name: '--quiet' };
    return html`<span class="swatch" style="background:var(${name})"></span>`;
  };
  if (factors.length === 0) {
    return html`<tr>
      <th></th>
      ${columns.map((arm) => html`<th scope="col">${swatch(arm)}${armText({})}</th>`)}
    </tr>`;
  }
  const lines = factors.map((factor, depth) => {
    const last = depth === factors.length - 1;
    const cells: { arm: number; span: number; label: string }[] = [];
    for (const arm of columns) {
      const levels = run.arms[arm] ?? {};
      const level = levels[factor];
      const label = level === undefined ? 'not declared' : levelText(factor, level);
      const previous = cells.at(-1);
      const same =
        previous !== undefined &&
        !last &&
        factors
          .slice(0, depth + 1)
          .every((name) => run.arms[previous.arm]?.[name] === levels[name]);
      if (same) previous.span++;
      else cells.push({ arm, span: 1, label });
    }
    return html`<tr>
      <th scope="row">${factor}</th>
      ${cells.map(({ arm, span, label }) =>
        last
          ? html`<th scope="col">${swatch(arm)}${label}</th>`
          : html`<th scope="colgroup" colspan="${span}">${label}</th>`,
      )}
    </tr>`;
  });
  return html`${lines}`;
}

function row(analysis: Analysis, one: SeriesResult, columns: readonly number[]): Html {
  const { margin } = analysis;
  const ratios = one.comparisons.flatMap((comparison) => comparison?.ratio?.interval ?? []);
  const range = ratioRange(ratios, margin);
  const { title, dimension } = seriesText(one);
  const hint = metricHint(one);
  const label = html`${title}${dimension === '' ? undefined : html`<span class="detail">${dimension}</span>`}${hint === undefined ? undefined : html`<span class="detail">${hint}</span>`}`;
  return html`<tr>
    <th scope="row">${label}</th>
    ${columns.map((arm) => html`<td>${cell(arm)}</td>`)}
  </tr>`;

  function cell(arm: number): Html {
    const summary = one.summaries[arm];
    if (summary === undefined) return html`<span class="quiet">–</span>`;
    const { interval, n, outliers } = summary;
    const worst = worstWord(summary);
    const shown =
      interval === undefined
        ? { value: quantity(summary.median, one.metric.unit, worst), interval: 'no interval' }
        : quantityWithInterval(summary.median, interval, one.metric.unit, worst);
    const endless = !Number.isFinite(interval?.low ?? 0) && summary.notConverged > 0;
    const failures = lostTrials(summary).map(
      (text) => html`<span class="detail bad">${text}</span>`,
    );
    const note = floorNote(analysis.outages, one, arm);
    const nearFloor =
      note === undefined ? undefined : html`<span class="detail bad">${note}</span>`;
    const far = outliers.length === 0 ? '' : ` · ${outliers.length} far off`;
    return html`<span class="value">${shown.value}</span
      ><span class="detail">${endless ? '' : shown.interval}</span
      ><span class="detail">n = ${n}${far}</span>${failures}${nearFloor}${ratioOf(arm)}`;
  }

  function ratioOf(arm: number): Html | undefined {
    if (analysis.run.arms.length < 2 || one.metric.better === 'neither') return undefined;
    if (arm === 0) return html`<span class="ratio">baseline</span>`;
    const comparison = one.comparisons[arm];
    if (comparison === undefined) return undefined;
    const { ratio, judgement } = comparison;
    if (judgement.kind === 'not-comparable') return html`<span class="ratio">not comparable</span>`;
    if (ratio === undefined) return html`<span class="ratio">no ratio</span>`;
    const bar =
      ratio.interval === undefined ? undefined : ratioBar(ratio.interval, range, margin, judgement);
    const { estimate, interval } = ratio;
    const told =
      interval === undefined
        ? `${ratioText(estimate)}, no interval`
        : ratioWithInterval(estimate, interval.low, interval.high);
    // The mark's fill says it to the eye.
    return html`<span class="ratio ${judgement.kind}"
      >${bar}× ${told}<span class="unseen">, ${judgement.kind}</span></span
    >`;
  }
}

/** How to read the table. */
export function tableLegend({ run, margin }: Analysis): Html {
  const baseline = armPhrase(run.arms[0] ?? {});
  const percent = `±${Math.round(margin * 100)} %`;
  const ratios =
    run.arms.length < 2
      ? ''
      : ` Bars: ratio to the baseline (${baseline}) with its 95 % interval, on a log scale of each row; the line is 1, the grey band ${percent}; filled mark: different or equal within the band, hollow: inconclusive.`;
  return html`<p class="quiet small">
    Median over the trials, its 95 % interval, number of trials.${ratios}
  </p>`;
}

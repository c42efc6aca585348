import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import { floorNote } from '../../analysis/migration/floor-remark.ts';
import {
  countText,
  quantity,
  quantityWithInterval,
  ratioWithInterval,
  ratioText,
} from '../../analysis/quantity.ts';
import { isProminent, metricHint } from '../../analysis/metric-hints.ts';
import type { SeriesResult } from '../../analysis/series-result.ts';
import { worstWord } from '../../analysis/summary.ts';
import { seriesText } from '../../analysis/series-text.ts';
import type { Chart } from '../charts/chart.ts';
import { tablesOf } from '../exporters/tables.ts';
import { noAnswer, trialCounts, whyNot, withoutFigure } from '../html/head.ts';
import { environmentFacts } from '../environment.ts';
import { visible } from '../html/template.ts';
import { commands, methodParagraphs } from '../method.ts';
import { runFacts, runName } from '../run-name.ts';
import { capacityMarkdown } from './capacity.ts';
import { claimsMarkdown } from './claims.ts';
import { countersMarkdown } from './counters.ts';
import { decompositionMarkdown } from './decomposition.ts';
import { outagesMarkdown } from './outages.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import { setupsMarkdown } from './setups.ts';
import { badgeLine } from './table.ts';

const most = 12;

/** The report as Markdown, with pictures as files beside it. */
export function markdownDocument(analysis: Analysis, charts: readonly Chart[]): string {
  const { run, trials } = analysis;
  const name = runName(run);
  const sections = [
    [
      `# ${text(name)}`,
      text(runFacts(run).join(' · ')),
      ...(analysis.badges.length === 0 ? [] : [`**${analysis.badges.map(text).join(' · ')}**`]),
      text(trialCounts(run, trials)),
      list(failures(trials)),
    ],
    [
      '## The answer',
      analysis.answer.length === 0
        ? text(noAnswer(trials))
        : list(analysis.answer.map((sentence) => sentence.text)),
      ...analysis.caveats.map(text),
    ],
    ['## Warnings', analysis.warnings.length === 0 ? 'None.' : list(analysis.warnings)],
    claimsMarkdown(analysis),
    outagesMarkdown(analysis),
    decompositionMarkdown(analysis),
    [
      '## Comparison',
      ...badgeLine(analysis.badges),
      ...analysis.series.filter(isProminent).map((one) => tableOf(analysis, one)),
      ...setupsMarkdown(analysis),
    ],
    capacityMarkdown(analysis),
    countersMarkdown(analysis),
    [
      '## Pictures',
      ...charts.flatMap(({ id, title, caption }) => [
        `![${text(title)}](charts/${id}.svg)`,
        text(caption),
      ]),
    ],
    [
      '## How it was measured',
      ...methodParagraphs(analysis).map(text),
      list(environmentFacts(analysis).map(([fact, value]) => `${fact}: ${value}`)),
    ],
    [
      '## Data',
      list(tablesOf(analysis).map(({ file, about }) => `tables/${file}: ${about}`)),
      'What makes them again:',
      commands(run)
        .map((command) => `    ${visible(command).replace(/\s+/g, ' ')}`)
        .join('\n'),
    ],
  ];
  const blocks = sections.flat().filter((block) => block !== '');
  return `${blocks.join('\n\n')}\n`;
}

function failures(trials: Analysis['trials']): string[] {
  const failed = withoutFigure(trials);
  const rest = failed.length - most;
  const more = rest > 0 ? [`and ${countText(rest)} more, see tables/trials.csv`] : [];
  return [...failed.slice(0, most).map(whyNot), ...more];
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${text(item)}`).join('\n');
}

/** One figure: rows are arms, as many columns do not fit into Markdown. */
function tableOf({ run, outages }: Analysis, one: SeriesResult): string {
  const { unit } = one.metric;
  const hint = metricHint(one) === undefined ? '' : `: ${text(metricHint(one) ?? '')}`;
  const rows = one.summaries.flatMap((summary, arm) => {
    if (summary === undefined) return [];
    const { median, interval, n, failed, notConverged } = summary;
    const worst = worstWord(summary);
    const shown =
      interval === undefined
        ? { value: quantity(median, unit, worst), interval: 'none' }
        : quantityWithInterval(median, interval, unit, worst);
    const without = [
      ...(failed === 0 ? [] : [`, ${failed} failed`]),
      ...(notConverged === 0 ? [] : [`, ${notConverged} not converged`]),
    ];
    const comparison = one.comparisons[arm];
    const note = floorNote(outages, one, arm);
    const cells = [
      armText(run.arms[arm] ?? {}),
      note === undefined ? shown.value : `${shown.value}, ${note}`,
      shown.interval,
      `${n}${without.join('')}`,
      arm === 0 ? 'baseline' : ratioCell(comparison?.ratio),
      arm === 0 ? '' : (comparison?.judgement.kind.replace('-', ' ') ?? ''),
    ];
    return [`| ${cells.map(text).join(' | ')} |`];
  });
  return [
    `**${text(seriesText(one).row)}**${hint}\n`,
    '| arm | median | 95 % interval | n | ratio | verdict |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n');
}

function ratioCell(
  ratio: { estimate: number; interval?: { low: number; high: number } } | undefined,
): string {
  if (ratio === undefined) return '';
  const { estimate, interval } = ratio;
  return interval === undefined
    ? ratioText(estimate)
    : ratioWithInterval(estimate, interval.low, interval.high);
}

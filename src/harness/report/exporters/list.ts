import { page } from '../html/page.ts';
import { markdownDocument } from '../markdown/document.ts';
import { methodsText } from '../method.ts';
import type { Exporter } from './exporter.ts';
import { pngPictures } from './png.ts';
import { tablesOf } from './tables.ts';

const html: Exporter = ({ analysis, charts, palette }) => [
  { path: 'index.html', content: [page(analysis, charts, palette)] },
];

const markdown: Exporter = ({ analysis, charts }) => [
  { path: 'report.md', content: [markdownDocument(analysis, charts)] },
];

const methods: Exporter = ({ analysis }) => [
  { path: 'methods.txt', content: [methodsText(analysis)] },
];

const csv: Exporter = ({ analysis }) =>
  tablesOf(analysis).map(({ file, write }) => ({
    path: `tables/${file}`,
    content: write(analysis),
  }));

const svg: Exporter = ({ charts }) =>
  charts.map((chart) => ({ path: `charts/${chart.id}.svg`, content: [chart.svg] }));

const specs: Exporter = ({ charts }) =>
  charts.map(({ id, title, caption, spec }) => ({
    path: `charts/${id}.vl.json`,
    content: [`${JSON.stringify({ $schema, title, description: caption, ...spec }, null, 1)}\n`],
  }));

const $schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/** All forms of the report. A new one is a line here, and a file where it is more than a line. */
export const exporters: readonly Exporter[] = [
  html,
  markdown,
  methods,
  csv,
  svg,
  specs,
  pngPictures,
];

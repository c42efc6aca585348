import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../analysis/analysis.ts';
import { writeSyntheticCapacity } from '../../analysis/capacity/synthetic-capacity.example.ts';
import { groupSamples } from '../../analysis/group-samples.ts';
import { writeSyntheticMigration } from '../../analysis/migration/synthetic-migration.example.ts';
import { syntheticConversions } from '../../analysis/p2v/synthetic-p2v.example.ts';
import { syntheticFigures, syntheticKinds } from '../../analysis/synthetic-figures.example.ts';
import { writeSyntheticHypervisors } from '../../analysis/synthetic-hypervisors.example.ts';
import { writeSyntheticRun } from '../../analysis/synthetic-run.example.ts';
import { writeSyntheticStorages } from '../../analysis/synthetic-storages.example.ts';
import { markdownDocument } from '../markdown/document.ts';
import { paletteOf } from '../palette.ts';
import { analyseRun } from '../report.ts';
import { page } from './page.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'virtgauge-cells-'));
});
afterAll(() => rmSync(base, { recursive: true }));

const few = {
  ...{ blocks: 6, jobs: ['randread'] },
  factors: { storage: ['local', 'lustre'], provisioning: ['copy', 'clone'] },
};
const written: Record<string, (folder: string) => void> = {
  'creation, guest-io': (folder) => writeSyntheticRun(folder, { ...few, failed: [3] }),
  migration: (folder) => writeSyntheticMigration(folder, { blocks: 6, notConverged: [3] }),
  storages: (folder) => writeSyntheticStorages(folder, few),
  hypervisors: (folder) => writeSyntheticHypervisors(folder, { jobs: ['randread'] }),
  capacity: (folder) => writeSyntheticCapacity(folder, { guests: [1, 2, 6, 12], blocks: 6 }),
};

const made: [string, () => Analysis][] = [
  ...syntheticKinds.map((name): [string, () => Analysis] => [name, () => inMemory(name)]),
  ['p2v of several sizes', () => analysed(syntheticConversions())],
  ...Object.entries(written).map(([name, write]): [string, () => Analysis] => [
    name,
    () => {
      const folder = join(base, name);
      write(folder);
      return analyseRun(folder);
    },
  ]),
];

function inMemory(name: (typeof syntheticKinds)[number], blocks = 8): Analysis {
  return analysed(syntheticFigures(name, { blocks }));
}

function analysed({ run, trials, samples }: ReturnType<typeof syntheticConversions>): Analysis {
  return analyse({ run, trials, groups: groupSamples(samples) });
}

interface Cell {
  /** Text of the head of its row, and its own. */
  row: string;
  text: string;
}

/** The cells of all tables of a page in which a figure stands; badges and claims are words. */
function figureCells(html: string): Cell[] {
  return [...html.matchAll(/<table class="comparison([^"]*)">(.*?)<\/table>/gs)]
    .filter(([, kind = '']) => !kind.includes('claims'))
    .flatMap(([, , table = '']) => [...table.matchAll(/<tr>(.*?)<\/tr>/gs)])
    .flatMap(([, line = '']) => {
      const row = textOf(/<th scope="row">(.*?)<\/th>/s.exec(line)?.[1] ?? '');
      return [...line.matchAll(/<td[^>]*>(.*?)<\/td>/gs)]
        .filter(([, cell = '']) => cell.includes('class="value'))
        .map(([, cell = '']) => ({ row, text: textOf(cell) }));
    });
}

function textOf(html: string): string {
  return html
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('\u00a0', ' ')
    .replace(/\s+/g, ' ');
}

/** A range, that there is none, the bound of a share, or that no trial has a figure. */
const spread =
  /[\d∞]\S*( \S+)?–\S*[\d∞]|–not converged|–failed|no interval|up to [\d.]+ %|not converged|failed|no peak/;
/** Of a median, or of a count. */
const count = /\bn = \d|\d+ of \d+/;

describe.each(made)('the tables of a run of %s', (_, analysisOf) => {
  let analysis: Analysis;
  beforeAll(() => {
    analysis = analysisOf();
  }, 60_000);

  it('have an interval and the number of trials with every figure', () => {
    const cells = figureCells(page(analysis, [], paletteOf(analysis.run)));
    expect(cells.length).toBeGreaterThan(3);
    // How many trials came to their end is no figure with a spread.
    const whole = (text: string) => /^ ?\d+ of \d+/.test(text);
    const lacking = cells.filter(
      ({ row, text }) => !(whole(text) || spread.test(text)) || !count.test(row + text),
    );
    expect(lacking).toEqual([]);
  });

  it('have them in Markdown too', () => {
    const rows = markdownRows(markdownDocument(analysis, []));
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.filter((row) => !spread.test(row) && !row.includes('| none |'))).toEqual([]);
  });
});

/** Rows of tables of figures: no heads, no claims, not what else differs. */
function markdownRows(text: string): string[] {
  return text
    .split(/^(?=##)/m)
    .filter((section) => !/^##+ (Claims|What else)/.test(section))
    .flatMap((section) => section.split('\n'))
    .filter((line, index, lines) => /^\| .*\d/.test(line) && !/^\| -/.test(lines[index + 1] ?? ''));
}

it.each(syntheticKinds)('below 6 trials, tables of %s say that there is no interval', (name) => {
  const analysis = inMemory(name, 3);
  const cells = figureCells(page(analysis, [], paletteOf(analysis.run)));
  expect(cells.length).toBeGreaterThan(3);
  expect(cells.filter(({ text }) => !text.includes('no interval'))).toEqual([]);
  expect(cells.filter(({ text }) => !/n = [123]\b/.test(text))).toEqual([]);
});

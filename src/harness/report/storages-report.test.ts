import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticStorages } from '../analysis/synthetic-storages.example.ts';
import { writeReport } from './report.ts';

describe('the report of a run on a MooseFS that is called lustre', { timeout: 60_000 }, () => {
  let folder: string;
  const text = (...file: string[]) => readFileSync(join(folder, 'report', ...file), 'utf8');
  const filesOf = (name: string, ending: string) =>
    readdirSync(join(folder, 'report', name)).filter((file) => file.endsWith(ending));
  const badge = 'stand-in: MooseFS (lustre)';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'virtgauge-storages-'));
    writeSyntheticStorages(folder);
    await writeReport(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says in every picture that it is a stand-in', () => {
    const pictures = filesOf('charts', '.svg');
    expect(pictures).toEqual(
      expect.arrayContaining(['decomposition.svg', 'order.svg', 'sentinel.svg', 'ratios.svg']),
    );
    for (const file of pictures) expect(text('charts', file), file).toContain(badge);
  });

  it('says in every row of every table that it is a stand-in', () => {
    const tables = filesOf('tables', '.csv');
    expect(tables).toEqual(expect.arrayContaining(['decomposition.csv', 'storage-counters.csv']));
    for (const file of tables) {
      const [header = '', ...rows] = text('tables', file).trim().split('\n');
      expect(header, file).toMatch(/,labels(,|$)/);
      expect(rows.length, file).toBeGreaterThan(0);
      expect(
        rows.filter((row) => !row.includes(badge)),
        file,
      ).toEqual([]);
    }
  });

  it('never lets a figure stand under the name of Lustre alone', () => {
    /** The first place where the name stands without what it is. */
    const bare = (part: string) =>
      part
        .replaceAll('lustre (MooseFS)', '')
        .replaceAll('MooseFS (lustre)', '')
        .match(/.{0,60}lustre.{0,60}/i)?.[0];
    for (const file of filesOf('tables', '.csv')) {
      // What the runner has written down of a trial is in its own words.
      if (file === 'trials.csv') continue;
      expect(bare(text('tables', file)), file).toBeUndefined();
    }
    for (const file of filesOf('charts', '.svg')) {
      expect(bare(text('charts', file)), file).toBeUndefined();
    }
    const html = text('index.html').replaceAll('\u00a0', ' ');
    const tables = [...html.matchAll(/<table class="comparison[\s\S]*?<\/table>/g)].map(String);
    expect(tables.length).toBeGreaterThanOrEqual(4);
    for (const table of tables) expect(bare(table)).toBeUndefined();
    for (const line of text('report.md')
      .split('\n')
      .filter((one) => one.startsWith('| '))) {
      expect(bare(line.replaceAll('\\', ''))).toBeUndefined();
    }
  });

  it('says so over every table of the page', () => {
    const html = text('index.html');
    for (const id of ['decomposition', 'comparison', 'counters']) {
      const section = html.slice(html.indexOf(`<section id="${id}"`));
      expect(section.slice(0, section.indexOf('<table')), id).toContain(badge);
    }
  });

  it('shows what was found of the storage, its warnings and what its servers may cache', () => {
    const html = text('index.html').replaceAll('\u00a0', ' ');
    expect(html).toMatch(
      /<th scope="row">lustre \(MooseFS\): client version<\/th>\s*<td>3\.0\.117</,
    );
    expect(html).toContain('O_DIRECT aligned to 4 KiB');
    expect(html).toContain('Storage lustre (MooseFS): one of 3 chunk servers is full.');
    expect(html).toContain('<li>server-warm: lustre (MooseFS)</li>');
    expect(html).toContain('Server-warm: the servers of lustre (MooseFS) may have answered reads');
  });

  it('tells what differs between hosts before all else of the environment', () => {
    const method = text('index.html').split('<section id="method">')[1] ?? '';
    const [first] = [...method.matchAll(/<th scope="row">([^<]*)<\/th>\s*<td>([^<]*)</g)];
    expect(first?.slice(1)).toEqual(['differs: kernel', '6.1.0 on h1; 6.6.2 on h2, h3']);
  });

  it('uses the repeat of a contaminated trial, and marks both in the table and the picture', () => {
    expect(text('index.html')).toContain('2 contaminated by other load');
    const spec = JSON.parse(text('charts', 'order.vl.json')) as {
      vconcat: { data: { values: { contaminated?: true; value: number }[] } }[];
    };
    const marked = spec.vconcat[0]?.data.values.filter(({ contaminated }) => contaminated);
    expect(marked).toHaveLength(2);
    const [header = '', ...rows] = text('tables', 'trials.csv').trim().split('\n');
    const column = header.split(',').indexOf('counts');
    expect(rows.filter((row) => row.split(',')[column] === 'false')).toHaveLength(1);
    const summary = text('tables', 'summary.csv').split('\n').slice(1, -1);
    expect(summary.length).toBeGreaterThan(0);
    expect(text('index.html')).not.toContain('n = 7');
  });
});

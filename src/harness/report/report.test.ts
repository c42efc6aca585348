import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { type Synthetic, writeSyntheticRun } from '../analysis/synthetic-run.example.ts';
import { writeReport } from './report.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'virtgauge-report-'));
});
afterAll(() => rmSync(base, { recursive: true }));

async function reportOf(name: string, options: Synthetic = {}) {
  const folder = join(base, name);
  writeSyntheticRun(folder, options);
  const { page, answer } = await writeReport(folder);
  const report = join(folder, 'report');
  const files = readdirSync(report, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(report, join(entry.parentPath, entry.name)))
    .sort();
  const text = (file: string) => readFileSync(join(report, file), 'utf8');
  return { folder, page, answer, report, files, text, html: text('index.html') };
}

/** Every start tag of a page. */
function tagsOf(html: string): { name: string; attributes: string }[] {
  return [...html.matchAll(/<([a-z][a-z0-9]*)\b([^>]*)>/gi)].map(
    ([, name = '', attributes = '']) => ({
      name: name.toLowerCase(),
      attributes,
    }),
  );
}

const small: Synthetic = { blocks: 6, jobs: ['randread'], failed: [3] };

// Pictures take a second or two of a CPU each; others may have it.
describe('a report', { timeout: 60_000 }, () => {
  it('has all its sections, pictures, tables and texts', async () => {
    const { html, files, page, answer, text } = await reportOf('whole', small);
    expect(page).toBe(join(base, 'whole', 'report', 'index.html'));
    const sections = [...html.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id);
    expect(sections).toEqual([
      'answer',
      'warnings',
      'decomposition',
      'comparison',
      'pictures',
      'method',
      'data',
    ]);
    for (const sentence of answer) expect(html.replaceAll('\u00a0', ' ')).toContain(sentence);
    expect(html).toContain('48 trials: 47 completed, 1 failed.');
    expect(html).toContain('href="../artifacts/3/guest-0.console"');
    expect(html).toContain('emulated (TCG)');
    expect(html).toContain('stand-in: shared directory (shared)');

    const charts = [
      'creation-end-points',
      'creation-phases',
      'creation-total-by-guests',
      'decomposition',
      'guest-io-throughput-by-guests',
      'latency',
      'order',
      'ratios',
    ];
    expect(files).toEqual(
      [
        'index.html',
        'methods.txt',
        'report.md',
        ...charts.flatMap((id) =>
          ['png', 'svg', 'vl.json'].map((ending) => `charts/${id}.${ending}`),
        ),
        ...['comparison', 'decomposition', 'effects', 'samples', 'summary', 'trials'].map(
          (id) => `tables/${id}.csv`,
        ),
      ].sort(),
    );
    expect(html.match(/<figure /g)?.length).toBe(charts.length);
    for (const id of charts) {
      expect(text(`charts/${id}.svg`)).toContain('emulated (TCG)');
      expect(text(`charts/${id}.svg`)).toContain('stand-in: shared directory (shared)');
      expect(JSON.parse(text(`charts/${id}.vl.json`))).toHaveProperty('$schema');
    }
  });

  it('asks for nothing from elsewhere and runs nothing', async () => {
    const { html, text, files } = await reportOf('offline', small);
    expect(html.replaceAll('&#39;', "'")).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:`,
    );
    const tags = tagsOf(html);
    const names = new Set(tags.map(({ name }) => name));
    for (const name of [
      'script',
      'link',
      'img',
      'iframe',
      'object',
      'embed',
      'base',
      'form',
      'image',
      'use',
    ]) {
      expect(names).not.toContain(name);
    }
    for (const { attributes } of tags) {
      expect(attributes).not.toMatch(/\s(on\w+|src|srcset|xlink:href)\s*=/i);
      const href = /\shref="([^"]*)"/.exec(attributes)?.[1];
      if (href !== undefined)
        expect(href).toMatch(/^(\.\.\/|charts\/|tables\/|report\.md|methods\.txt)[\w./-]*$/);
    }
    expect(html).not.toMatch(/url\((?!#)|@import/);
    for (const file of files.filter((name) => name.endsWith('.svg'))) {
      expect(text(file)).not.toMatch(/<(script|image|use|foreignObject)\b|url\((?!#)|@import/);
    }
  });

  it('is the same bytes when it is made again elsewhere', async () => {
    const digest = ({ files, report }: Awaited<ReturnType<typeof reportOf>>) =>
      files.map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(report, file)))
          .digest('hex'),
      ]);
    const zone = process.env['TZ'];
    const first = digest(await reportOf('here', small));
    process.env['TZ'] = 'Pacific/Auckland';
    try {
      expect(digest(await reportOf('elsewhere', small))).toEqual(first);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('shows hostile text as text', async () => {
    const hostile = `"><script>alert(1)</script><img src=//evil.example/x onerror=1>' | [x](//evil) \`&\u202e`;
    const storages = ['local', hostile];
    const { html, text, files, folder } = await reportOf('hostile', {
      ...small,
      factors: { storage: storages, '../../../up<b>': ['a', 'b'] },
      jobs: ['=HYPERLINK("//evil")', hostile],
      change: (run) => ({
        ...run,
        id: hostile,
        source: `x'; rm -rf /\n# ${hostile}`,
        scenario: { name: hostile, description: hostile, fixed: { machine: hostile } },
        environment: {
          ...run.environment,
          machine: { cpu: hostile, cpus: 2, memory: 2 ** 34, distribution: '', kernel: '' },
          storages: Object.fromEntries(
            storages.map((name) => [
              name,
              { ...(run.environment.storages['shared'] as object), standIn: hostile },
            ]),
          ) as typeof run.environment.storages,
        },
      }),
    });
    const names = new Set(tagsOf(html).map(({ name }) => name));
    expect(names).not.toContain('script');
    expect(names).not.toContain('img');
    expect(names).not.toContain('b');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('\u202e');
    expect(
      tagsOf(html).filter(({ attributes }) =>
        /\sonerror\s*=/.test(attributes.replace(/"[^"]*"/g, '')),
      ),
    ).toEqual([]);
    for (const file of files.filter((name) => name.endsWith('.svg'))) {
      expect(text(file)).not.toMatch(/<script|<img/);
    }
    const markdown = text('report.md').replace(/^ {4}.*$/gm, '');
    expect(markdown).not.toMatch(/<script|<img|[^\\]\[x\]|[^\\]`/);
    for (const table of ['summary', 'effects', 'samples', 'trials']) {
      expect(text(`tables/${table}.csv`)).not.toMatch(/(^|,)"?=HYPERLINK/m);
    }
    expect(readdirSync(folder).sort()).toEqual(
      [
        'artifacts',
        'events.ndjson',
        'report',
        'run.json',
        'samples.ndjson',
        'trials.ndjson',
      ].sort(),
    );
    expect(readdirSync(base)).not.toContain('up');
  });

  it('draws nothing where one figure of one arm is all there is', async () => {
    const { files, html } = await reportOf('noop', {
      factors: {},
      measure: ['noop'],
      blocks: 20,
      change: (run) => {
        const { accelerator, ...environment } = run.environment;
        expect(accelerator).toBeDefined();
        return { ...run, environment };
      },
    });
    expect(files.filter((file) => file.startsWith('charts/'))).toEqual([]);
    expect(html).toContain('Empty trial');
  });

  it('replaces what an earlier report has left', async () => {
    const { folder, report } = await reportOf('again', small);
    writeFileSync(join(report, 'charts', 'old.svg'), '');
    await writeReport(folder);
    expect(readdirSync(join(report, 'charts'))).not.toContain('old.svg');
  });

  it('reports on a run that was killed while it wrote', async () => {
    const { folder } = await reportOf('killed', small);
    appendFileSync(join(folder, 'samples.ndjson'), '{"metric":"creation.to');
    appendFileSync(join(folder, 'trials.ndjson'), '{"trial":48,"bl');
    await writeReport(folder);
    expect(readFileSync(join(folder, 'report', 'index.html'), 'utf8')).toContain(
      'the last line is cut off (killed writer); ignored',
    );
  });

  it('is not written further where that is interrupted', async () => {
    const folder = join(base, 'interrupted');
    writeSyntheticRun(folder, small);
    const reason = new Error('interrupted');
    const writing = writeReport(folder, { signal: AbortSignal.abort(reason) });
    await expect(writing).rejects.toBe(reason);
    expect(readdirSync(folder)).not.toContain('report');
  });

  it('reports on a run without any trial', async () => {
    const { html } = await reportOf('empty', { ...small, blocks: 0 });
    expect(html).toContain('No trials.');
    expect(html).toContain('No trial was completed, so there is no answer.');
  });

  it('says which folder is no run', async () => {
    await expect(writeReport(join(base, 'nowhere'))).rejects.toThrow(UserError);
  });
});

describe('the tables', { timeout: 60_000 }, () => {
  it('hold every sample, and figures that agree with the page', async () => {
    const { text, report } = await reportOf('tables', { ...small, failed: [] });
    const samples = readFileSync(join(report, '..', 'samples.ndjson'), 'utf8')
      .trim()
      .split('\n').length;
    expect(text('tables/samples.csv').trim().split('\n').length).toBe(samples + 1);
    const [header = '', first = ''] = text('tables/summary.csv').split('\n');
    const row = Object.fromEntries(
      header.split(',').map((name, index) => [name, first.split(',')[index]]),
    );
    expect(row).toMatchObject({
      metric: 'creation.total',
      storage: 'local',
      guests: '1',
      n: '6',
      failed: '0',
    });
    expect(Number(row['low'])).toBeLessThan(Number(row['median']));
    expect(Number(row['high'])).toBeGreaterThan(Number(row['median']));
    expect(statSync(join(report, 'tables', 'trials.csv')).size).toBeGreaterThan(0);
  });
});

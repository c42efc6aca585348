import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticRun } from '../analysis/synthetic-run.example.ts';
import { importResults } from '../import/import.ts';
import { writeReport } from './report.ts';

const provenance = {
  ...{
    system: 'VMware ESX Server',
    version: '3.0.1',
    hardware: '2 x Xeon 5160',
    measuredAt: '2008',
  },
  ...{ measuredBy: 'N. N.', source: 'https://example.org/esx' },
};

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'virtgauge-imported-'));
});
afterAll(() => rmSync(base, { recursive: true }));

/** Six trials of two storages, far faster than anything that the synthetic run measures. */
function imported(name: string, { storages = ['local', 'shared'], guests = ',1' } = {}): string {
  const rows = storages.flatMap((storage, at) =>
    Array.from({ length: 6 }, (_, trial) => {
      const rest = `${storage},clone${guests}`;
      const rate = 900 * (1 + at) + trial;
      return [
        `guest-io.throughput,${rate},MB/s,${trial},randread,,${rest}`,
        `guest-io.latency,${1 + trial / 100},us,${trial},randread,99,${rest}`,
      ];
    }).flat(),
  );
  const file = join(base, `${name}.csv`);
  const more = guests === '' ? '' : ',guests';
  const header = `metric,value,unit,trial,job,percentile,storage,provisioning${more}`;
  writeFileSync(file, [header, ...rows, ''].join('\n'));
  return importResults({
    ...{ files: [file], name, provenance, levels: [], output: join(base, `${name}-run`) },
    now: new Date('2026-11-20T12:00:00Z'),
  }).path;
}

async function reportOf(folder: string, beside: string[] = []) {
  const { answer } = await writeReport(folder, { beside });
  const text = (file: string) => readFileSync(join(folder, 'report', file), 'utf8');
  const table = (file: string) => {
    const [header = '', ...rows] = text(`tables/${file}`).trimEnd().split('\n');
    const names = header.split(',');
    return rows.map((row): Partial<Record<string, string>> => {
      const cells = row.split(',').map((cell, at): [string, string] => [names[at] ?? '', cell]);
      return Object.fromEntries(cells);
    });
  };
  return { answer, text, table, charts: readdirSync(join(folder, 'report/charts')) };
}

const sentences = (answer: readonly string[]) => answer.join('\n');

describe('an import beside a run', () => {
  const run = () => join(base, 'measured');
  let alone: Awaited<ReturnType<typeof reportOf>>;
  let joined: Awaited<ReturnType<typeof reportOf>>;
  beforeAll(async () => {
    writeSyntheticRun(run(), { measure: ['guest-io'], jobs: ['randread'] });
    const esx = imported('esx');
    alone = await reportOf(run());
    joined = await reportOf(run(), [esx]);
  });

  it('changes nothing of what the run says of itself', () => {
    // Only the arm of an example is called measured here.
    const ratios = (answer: readonly string[]) =>
      answer.flatMap((sentence) => /\(ratio [^)]*\)/.exec(sentence) ?? []);
    expect(ratios(alone.answer).length).toBeGreaterThan(0);
    for (const ratio of ratios(joined.answer)) expect(ratios(alone.answer)).toContain(ratio);
    const own = (rows: ReturnType<typeof joined.table>) =>
      rows
        .filter((row) => row['kind'] !== 'imported')
        .map(({ metric, storage, provisioning, guests, median, ratio, low, high, verdict }) => [
          ...[metric, storage, provisioning, guests, median, ratio, low, high, verdict],
        ]);
    for (const file of ['summary.csv', 'comparison.csv', 'effects.csv']) {
      expect(own(joined.table(file))).toEqual(own(alone.table(file)));
    }
  });

  it('names no winner and says what is not known', () => {
    const across = joined.answer.filter((sentence) => sentence.includes('esx'));
    expect(across.length).toBeGreaterThan(0);
    for (const sentence of across) expect(sentence).toContain('not comparable, because');
    expect(sentences(across)).toContain(
      'how much the hardware and the procedure differ is not known',
    );
    for (const file of ['comparison.csv', 'effects.csv']) {
      const rows = joined.table(file).filter(({ kind }) => kind === 'imported');
      expect(rows.length).toBeGreaterThan(0);
      for (const { verdict, ratio, p } of rows) {
        expect([verdict, ratio, p ?? '']).toEqual(['not-comparable', '', '']);
      }
    }
  });

  it('stands as imported in every table, picture and text', () => {
    for (const file of [
      'summary.csv',
      'comparison.csv',
      'effects.csv',
      'trials.csv',
      'samples.csv',
    ]) {
      const rows = joined.table(file);
      const ours = rows.filter(({ system, level }) => (system ?? level) === 'esx (imported)');
      expect(ours.length, file).toBeGreaterThan(0);
      for (const row of ours) expect(row['kind'] ?? 'imported').toBe('imported');
      for (const { labels } of rows) expect(labels).toContain('imported: esx');
    }
    for (const chart of joined.charts.filter((name) => name.endsWith('.svg'))) {
      const drawn = joined.text(`charts/${chart}`);
      expect(drawn.includes('imported: esx'), chart).toBe(chart !== 'order.svg');
    }
    for (const file of ['index.html', 'report.md']) {
      const page = joined.text(file).replaceAll('\\', '');
      expect(page).toContain('measured by N. N., 2008, on 2 x Xeon 5160');
      expect(page).toContain('--with results/2026-11-20-esx-');
    }
  });

  it('has the levels that the run held fixed compared, and the others left open', async () => {
    const folder = join(base, 'fixed');
    writeSyntheticRun(folder, {
      ...{ measure: ['guest-io'], jobs: ['randread'] },
      factors: { storage: ['local', 'shared'] },
      change: (made) => ({
        ...made,
        scenario: { ...made.scenario, fixed: { guests: 1, provisioning: 'clone' } },
      }),
    });
    const { table, text } = await reportOf(folder, [imported('xen'), imported('vpc')]);
    const [first] = table('summary.csv');
    // All have one guest and clones, so neither is a factor; all say their storage.
    expect(Object.keys(first ?? {})).toContain('storage');
    expect(Object.keys(first ?? {})).not.toContain('provisioning');
    expect(text('report.md')).not.toContain('does not say');
  });

  it('is told what it does not say', async () => {
    const { text } = await reportOf(run(), [imported('open', { guests: '' })]);
    expect(text('report.md')).toContain('does not say its guests');
    expect(text('index.html')).toContain('not declared');
  });

  it('is refused twice, and where it was measured', async () => {
    const esx = join(base, 'esx-run');
    await expect(writeReport(run(), { beside: [esx, esx] })).rejects.toThrow('got esx twice');
    await expect(writeReport(esx, { beside: [esx] })).rejects.toThrow('got esx twice');
    await expect(writeReport(run(), { beside: [run()] })).rejects.toThrow(
      /--with: expected runs made by virtgauge import, got .*, which was measured here/,
    );
  });
});

describe('an import alone', () => {
  it('compares its own arms, and says that nothing was measured here', async () => {
    const folder = imported('alone');
    const { answer, text, table, charts } = await reportOf(folder);
    expect(sentences(answer)).toContain('On shared');
    const page = text('index.html');
    expect(page).toContain('nothing was measured here');
    expect(page).toContain('imported: alone');
    expect(text('report.md')).toContain('npx virtgauge import results/');
    expect(charts).not.toContain('order.svg');
    for (const { kind } of table('summary.csv')) expect(kind).toBe('imported');
  });
});

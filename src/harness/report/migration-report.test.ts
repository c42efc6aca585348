import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type SyntheticMigration,
  writeSyntheticMigration,
} from '../analysis/migration/synthetic-migration.example.ts';
import { writeReport } from './report.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'virtgauge-migration-report-'));
});
afterAll(() => rmSync(base, { recursive: true }));

async function reportOf(name: string, options: SyntheticMigration = {}) {
  const folder = join(base, name);
  writeSyntheticMigration(folder, options);
  await writeReport(folder);
  const text = (file: string) => readFileSync(join(folder, 'report', file), 'utf8');
  return { folder, text, html: text('index.html').replaceAll('\u00a0', ' ') };
}

const sectionOf = (html: string) => /<section id="outages">.*?<\/section>/s.exec(html)?.[0] ?? '';

describe('the report of a run of migrations', () => {
  const options = { blocks: 7, notConverged: [3, 9], failed: [12] };

  it('has the outages of every arm as five observers saw them, on the page and in tables', async () => {
    const { html, text, folder } = await reportOf('whole', options);
    const section = sectionOf(html);
    expect(section.match(/<tr>/g)?.length).toBe(2 + 4);
    for (const [, hint] of section.matchAll(/<th scope="col" title="([^"]+)"/g)) {
      expect(hint?.length).toBeGreaterThan(20);
    }
    expect(section.match(/<th scope="col" title=/g)?.length).toBe(10);
    expect(section).toMatch(/<span class="value">2\d\.\d ms †<\/span\s*>/);
    expect(section).toContain('at the floor');
    expect(section).toMatch(/floor (9|1\d)\.\d+ ms/);
    expect(section).toMatch(/\+0\.\d ± \d\.\d ms/);
    expect(section).toMatch(/1 did not\s+converge/);
    expect(section).toContain('0 of 7 lost any');
    expect(section).toContain('stand-in: hosts a, b and c (namespace of the controller)');
    expect(html).toContain('28 trials: 25 completed, 2 not converged, 1 failed.');
    expect(html).toMatch(/Trial 3 did not converge: not switched over within 4 s/);
    const charts = readdirSync(join(folder, 'report', 'charts')).filter((file) =>
      file.endsWith('.svg'),
    );
    expect(charts).toEqual(
      expect.arrayContaining([
        'outages-by-observer.svg',
        ...[1, 2, 3, 4].map((arm) => `migration-timeline-${arm}.svg`),
      ]),
    );
    for (const chart of charts) {
      expect(text(`charts/${chart}`)).toContain('stand-in: hosts a, b and c');
      expect(text(`charts/${chart}`)).toContain('stand-in: MooseFS (shared)');
    }
    expect(html).toContain('Calibration: before each migration');

    // The same in Markdown and as tables.
    const markdown = text('report.md');
    expect(markdown).toContain('## Outages as each observer saw them');
    expect(markdown).toMatch(/\| post-copy · idle \| guest \| 2\d\.\d ms † at the floor \|/);
    expect(markdown).toMatch(/converged in \d of 7 trials/);
    const [header = '', ...rows] = text('tables/outages.csv').trim().split('\n');
    expect(rows.length).toBe(4 * 5);
    const row = Object.fromEntries(
      header.split(',').map((name, index) => [name, rows[12]?.split(',')[index]]),
    );
    expect(row).toMatchObject({ method: 'post-copy', observer: 'network', at_floor: 'false' });
    expect(Number(row['downtime'])).toBeGreaterThan(0.5);
    expect(text('tables/summary.csv').split('\n')[0]).toContain('failed,not_converged');
    expect(text('tables/effects.csv').split('\n')[0]).toContain('failed,not_converged');
    expect(text('tables/trials.csv')).toContain('not-converged');
  });

  it('is made of a run that was killed while it wrote', async () => {
    const { folder, html } = await reportOf('killed', { factors: {}, blocks: 6 });
    appendFileSync(join(folder, 'events.ndjson'), '{"trial":1,"event":"pro');
    await writeReport(folder);
    expect(
      readFileSync(join(folder, 'report', 'index.html'), 'utf8').replaceAll('\u00a0', ' '),
    ).toBe(html);
  });

  it('is made where no migration was completed, and where none was tried', async () => {
    const never = await reportOf('never', {
      factors: {},
      blocks: 6,
      notConverged: [0, 1, 2, 3, 4, 5],
    });
    expect(sectionOf(never.html)).toContain('6 did not converge');
    expect(never.html).toContain('id="migration-timeline"');
    const none = await reportOf('none', { blocks: 0 });
    expect(none.html).toContain('No trials.');
  });

  it('needs no observer in particular', async () => {
    const { html } = await reportOf('few', {
      factors: {},
      downtimes: () => ({ network: 0.2 }),
      floors: { network: 0.01 },
    });
    expect(sectionOf(html)).toMatch(/(19|20)\d ms/);
    expect(html).toContain(
      'Not at work here: hypervisor-reported, hypervisor-events, guest, disk.',
    );
  });
});

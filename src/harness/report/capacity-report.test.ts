import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticCapacity } from '../analysis/capacity/synthetic-capacity.example.ts';
import { writeReport } from './report.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'virtgauge-capacity-'));
});
afterAll(() => rmSync(base, { recursive: true }));

async function pageOf(name: string, options: Parameters<typeof writeSyntheticCapacity>[1]) {
  const folder = join(base, name);
  writeSyntheticCapacity(folder, options);
  const { page } = await writeReport(folder);
  const charts = readdirSync(join(folder, 'report', 'charts'));
  const text = readFileSync(page, 'utf8').replaceAll('\u00a0', ' ').replace(/\s+/g, ' ');
  return {
    text,
    charts,
    svg: () => readFileSync(join(folder, 'report/charts/capacity.svg'), 'utf8'),
  };
}

describe('capacity in a report', { timeout: 60_000 }, () => {
  it('has a section, with what stands in for what, and a picture with the limits', async () => {
    const { text, charts, svg } = await pageOf('rated', {
      ...{ rate: 750, guests: [1, 2, 6, 12], blocks: 6 },
      limits: { p99: '30ms', aggregate: 0.95 },
    });
    const section = /<section id="capacity">.*?<\/section>/.exec(text)?.[0] ?? '';
    expect(section).toContain('Limits: p99 at most 30 ms; at least 95 % of the rate asked.');
    expect(section).toContain('emulated (TCG)');
    expect(section).toContain('stand-in');
    expect(section).toContain('guests within the limits');
    expect(charts).toEqual(expect.arrayContaining(['capacity.png', 'capacity.svg']));
    expect(svg()).toContain('Latency, p99 · limit 30 ms');
    expect(svg()).toContain('Share of the rate achieved · limit 95 %');
    expect(svg()).toContain('emulated (TCG)');
    expect(svg()).toMatch(/>\d+ guests</);
  });

  it('is left out where the run was not made to tell', async () => {
    const { text, charts } = await pageOf('small', { guests: [1, 4] });
    expect(text).not.toContain('id="capacity"');
    expect(charts).not.toContain('capacity.svg');
  });
});

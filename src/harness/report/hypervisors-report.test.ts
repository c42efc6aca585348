import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticHypervisors } from '../analysis/synthetic-hypervisors.example.ts';
import { writeReport } from './report.ts';

describe('the report of emulated guests of KVM and Xen', { timeout: 60_000 }, () => {
  let folder: string;
  const text = (...file: string[]) => readFileSync(join(folder, 'report', ...file), 'utf8');
  const plain = (html: string) =>
    html
      .replaceAll('\u00a0', ' ')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const badge = 'emulated (KVM inside TCG, TCG inside TCG, Xen PVH inside TCG, Xen PV inside TCG)';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'virtgauge-hypervisors-'));
    writeSyntheticHypervisors(folder);
    await writeReport(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names the accelerators on every picture and in every row of the tables', () => {
    for (const file of readdirSync(join(folder, 'report/charts'))) {
      if (!file.endsWith('.svg')) continue;
      expect(plain(text('charts', file)), file).toContain(badge);
    }
    for (const file of readdirSync(join(folder, 'report/tables'))) {
      const [, ...rows] = text('tables', file).trim().split('\n');
      expect(
        rows.filter((row) => !row.includes(badge)),
        file,
      ).toEqual([]);
    }
  });

  it('lists what else differs beside the comparison', () => {
    const page = plain(text('index.html'));
    expect(page).toContain('What else differs');
    expect(page).toContain(
      'disk virtio-blk, QEMU virtio-blk, QEMU xen-blkfront, xen-blkback xen-blkfront, xen-blkback',
    );
    expect(page).toContain('The same for all: emulated: yes');
    const markdown = text('report.md');
    expect(markdown).toContain('### What else differs');
    expect(markdown).toMatch(/\| host memory \| 1 GiB \| 1 GiB \| 3 GiB \| 3 GiB \|/);
  });

  it('gives no ratio between hypervisors', () => {
    const rows = text('report.md').match(/^\| Xen · .*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatch(/\| +\| not comparable \|$/);
  });
});

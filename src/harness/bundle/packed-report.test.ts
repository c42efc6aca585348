import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSyntheticRun } from '../analysis/synthetic-run.example.ts';
import { comparePacked, removePackedReport } from './packed-report.ts';
import { unpackRun } from './unpack-run.ts';
import { writeBundle } from './write-bundle.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-packed-report-test-'));
});
afterEach(() => rmSync(place, { recursive: true }));

function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

it('knows a report that is the same from one with other, fewer or more files', async () => {
  const [run, out, bundle] = [join(place, 'run'), join(place, 'out'), join(place, 'run.tar.gz')];
  const same = { 'report/index.html': 'page', 'report/tables/a.csv': '1' };
  mkdirSync(run);
  writeSyntheticRun(run, { blocks: 1 });
  write(run, { ...same, 'report/evil.html': 'evil' });
  await writeBundle(run, bundle, '0');
  const manifest = await unpackRun(bundle, out);
  removePackedReport(out);
  expect(readdirSync(out)).not.toContain('report');
  write(out, same);
  const compared = () => comparePacked(out, manifest);
  expect(compared()).toEqual({ otherwise: [], notMade: ['report/evil.html'], added: [] });
  write(out, { 'report/evil.html': 'evil' });
  expect(compared()).toEqual({ otherwise: [], notMade: [], added: [] });
  write(out, { 'report/index.html': 'other', 'report/charts/new.svg': '' });
  expect(compared()).toEqual({
    ...{ otherwise: ['report/index.html'], notMade: [] },
    added: ['report/charts/new.svg'],
  });
});

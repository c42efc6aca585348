import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageRoot } from '../src/base/package-root.ts';
import { writeSyntheticRun } from '../src/harness/analysis/synthetic-run.example.ts';
import { Workplace } from '../src/cli/virtgauge.example.ts';
import { described, keep, referenceRuns, referenceTable, withTable } from './reference.mjs';

const reference = join(packageRoot, 'results/reference');
const folder = mkdtempSync(join(tmpdir(), 'virtgauge-reference-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the README’s table is made from the runs that lie there', () => {
  const text = readFileSync(join(reference, 'README.md'), 'utf8');
  const names = referenceRuns();
  expect(names.length).toBeGreaterThan(0);
  expect(withTable(text, referenceTable(described(names)))).toBe(text);
}, 60_000);

it('claims of all of them stand in one table', async () => {
  const place = new Workplace();
  const folders = referenceRuns().map((name) => join(reference, name));
  const { code, stdout } = await place.run('claims', ...folders);
  place.remove();
  expect([0, 3, 4]).toContain(code);
  expect(stdout).toContain('sharing-relieves-overload');
  expect(stdout).toMatch(/^scenario +claim +status +verdict +measured/m);
}, 60_000);

it('keeps what makes report and claims again, and nothing raw', () => {
  const run = join(folder, 'run');
  mkdirSync(join(run, 'artifacts'), { recursive: true });
  writeSyntheticRun(run, { seed: '7' });
  writeFileSync(join(run, 'artifacts/raw.json'), '{}');
  mkdirSync(join(folder, 'kept'));
  expect(keep(run, join(folder, 'kept'))).toBe('quickstart');
  expect(referenceRuns(join(folder, 'kept'))).toEqual(['quickstart']);
  const left = readdirSync(join(folder, 'kept/quickstart')).sort();
  expect(left).toContain('samples.ndjson');
  expect(left).not.toContain('artifacts');
});

it('text of others stays in its cell', () => {
  const run = { startedAt: '2026-01-01', environment: { virtgauge: '1' }, arms: [{}], planned: 6 };
  const comparisons = [{ ratio: 0.5, interval: [0.25, null], blocks: 6 }];
  const claims = {
    claims: [{ name: 'a|b\n<img>', verdict: 'not-testable', comparisons }],
  };
  const table = referenceTable([{ name: 'x', run, labels: 'emulated (TCG)', claims }]);
  expect(table.split('\n')).toHaveLength(3);
  expect(table).not.toContain('<img>');
  expect(table).toContain('| not testable here | 0.5 (0.25–∞), n = 6 |');
});

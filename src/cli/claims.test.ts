import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSyntheticRun } from '../harness/analysis/synthetic-run.example.ts';
import type { Run } from '../harness/results/schema.ts';
import { claimsExitCode } from './claims.ts';
import { Workplace } from './virtgauge.example.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const claim = (name: string, condition: string, more = {}) => ({
  ...{ name, source: '=cmd|<b>x</b>', words: '[x](javascript:1) | <img src=x>' },
  ...{ status: 'directional', condition, ...more },
});

function writeRun(name: string, claims: object[]): string {
  const folder = join(place.folder, name);
  mkdirSync(folder, { recursive: true });
  writeSyntheticRun(folder, {
    measure: ['creation'],
    factors: { provisioning: ['copy', 'clone'] },
    change: (run): Run => ({ ...run, scenario: { ...run.scenario, claims } }),
  });
  return folder;
}

const sooner = 'creation.total(provisioning=clone) < creation.total(provisioning=copy)';
const tolerates = ['emulation', 'stand-in'];

it('tells what is reproduced, refuted and not testable, and ends accordingly', async () => {
  const good = writeRun('good', [claim('sooner', sooner, { tolerates })]);
  const bad = writeRun('bad', [
    claim('emulated', sooner),
    claim('later', sooner.replace('<', '>'), { tolerates }),
  ]);
  const [one, both] = await Promise.all([
    place.run('claims', good),
    place.run('claims', good, bad, '--json'),
  ]);
  expect(one).toMatchObject({ code: 0, stderr: '' });
  expect(one.stdout).toMatch(/\nsooner +directional +reproduced +ratio 0\.\d/);
  expect(both).toMatchObject({ code: 3, stderr: '' });
  const verdicts = (JSON.parse(both.stdout) as { claims: { verdict: string }[] }[]).map(
    ({ claims }) => claims.map(({ verdict }) => verdict),
  );
  expect(verdicts).toEqual([['reproduced'], ['not-testable', 'refuted']]);
}, 30_000);

it('tells on stderr of samples that were cut off, and refuses a run without them', async () => {
  const folder = writeRun('cut', [claim('sooner', sooner, { tolerates })]);
  const samples = join(folder, 'samples.ndjson');
  writeFileSync(samples, readFileSync(samples, 'utf8').slice(0, 2000));
  const cut = await place.run('claims', folder);
  expect(cut.stdout).toContain('sooner');
  expect(cut.stderr).toContain('the last line is cut off');
  expect(cut.stderr).toContain(`warning: ${samples}: no samples of trials`);
  writeFileSync(samples, '');
  const lost = await place.run('claims', folder);
  expect(lost).toMatchObject({ code: 1, stdout: '' });
  expect(lost.stderr).toContain(`${samples}: expected the samples of`);
}, 30_000);

it('stands in the report, with every text escaped', async () => {
  const folder = writeRun('report', [claim('sooner', sooner, { tolerates })]);
  expect(await place.run('report', folder)).toMatchObject({ code: 0, stderr: '' });
  const text = (name: string) => readFileSync(join(folder, 'report', name), 'utf8');
  expect(text('index.html')).toContain('&lt;img src=x&gt;');
  expect(text('index.html')).not.toContain('<img src=x');
  expect(text('report.md')).toContain('\\[x\\](javascript:1) \\| &lt;img');
  expect(text('tables/claims.csv')).toContain("'=cmd|");
}, 30_000);

it('takes claims from a scenario file, and says where it is wrong', async () => {
  const folder = writeRun('from', []);
  const file = join(place.folder, 'from.yaml');
  const scenario = (condition: string) =>
    `name: x\nstorages: { local: {} }\nmeasure: { creation: {} }\nfactors: { provisioning: [copy, clone] }\nclaims:\n  - { name: c, source: s, words: w, status: quantified, condition: "${condition}" }\n`;
  const none = await place.run('claims', folder);
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toContain('expected a run whose scenario makes claims');
  writeFileSync(file, 'name: x\nmeasure: { noop: {} }\n');
  const without = await place.run('claims', folder, '--from', file);
  expect(without).toMatchObject({ code: 1, stdout: '' });
  expect(without.stderr).toContain(`${file}: expected a scenario that makes claims, got one`);
  writeFileSync(file, scenario('creation.totl < 1s'));
  const wrong = await place.run('claims', folder, '--from', file);
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain(`${file}:6:69: claims.0.condition: expected a metric`);
  writeFileSync(file, scenario('creation.total < 1s'));
  expect(await place.run('claims', folder, '--from', file)).toMatchObject({ code: 4 });
}, 30_000);

it.each([
  [['reproduced'], 0],
  [['reproduced', 'inconclusive'], 4],
  [['reproduced', 'not-testable'], 4],
  [['not-testable', 'refuted'], 3],
] as const)('%j ends with %i', (verdicts, code) => {
  const results = verdicts.map((verdict) => ({ verdict }));
  expect(claimsExitCode([{ results: results as never }])).toBe(code);
});

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSyntheticRun } from '../harness/analysis/synthetic-run.example.ts';
import { Workplace } from './virtgauge.example.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

it('packs a run that report and claims read elsewhere, to the same bytes', async () => {
  const path = (name: string) => join(place.folder, name);
  mkdirSync(path('run'));
  const claim = { name: 'soon', source: 's', words: 'w', status: 'quantified' };
  writeSyntheticRun(path('run'), {
    measure: ['creation'],
    factors: { provisioning: ['copy', 'clone'] },
    change: (run) => ({
      ...run,
      scenario: {
        ...run.scenario,
        claims: [{ ...claim, condition: 'creation.total < 1min', tolerates: ['emulation'] }],
      },
    }),
  });
  const packed = await place.run('bundle', path('run'), '--output', path('b.tar.gz'));
  expect(packed).toMatchObject({ code: 0, stderr: '' });
  const report = await place.run('report', path('b.tar.gz'), '--output', path('out'));
  expect(report).toMatchObject({ code: 0, stderr: '' });
  expect(report.stdout).toContain('the report is, byte for byte, the one that was packed by');
  const page = (folder: string) => readFileSync(join(folder, 'report/index.html'), 'utf8');
  expect(page(path('out'))).toBe(page(path('run')));
  expect(await place.run('claims', path('b.tar.gz'))).toMatchObject({ code: 0, stderr: '' });
  const twice = await place.run('report', path('b.tar.gz'), '--output', path('out'));
  expect(twice.code).toBe(1);
  const none = await place.run('bundle', place.folder, '--output', path('none.tar.gz'));
  expect(none.code).toBe(1);
  expect(existsSync(path('none.tar.gz'))).toBe(false);
}, 60_000);

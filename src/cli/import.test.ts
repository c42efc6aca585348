import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSyntheticRun } from '../harness/analysis/synthetic-run.example.ts';
import { Workplace } from './virtgauge.example.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

it('takes its own templates in, and puts them beside a run', async () => {
  const [csv, provenance] = await Promise.all([
    place.run('import', '--template'),
    place.run('import', '--template', 'provenance'),
  ]);
  const path = (name: string) => join(place.folder, name);
  writeFileSync(path('esx.csv'), csv.stdout);
  writeFileSync(path('esx.yaml'), provenance.stdout);
  const given = ['--as', 'esx', '--provenance', path('esx.yaml'), '--output', path('esx')];
  const taken = await place.run('import', path('esx.csv'), ...given);
  expect(taken).toMatchObject({ code: 0, stderr: '' });
  expect(taken.stdout).toContain('imported 6 figures of 2 trials as esx');
  mkdirSync(path('run'));
  writeSyntheticRun(path('run'), { measure: ['creation'], factors: { storage: ['local'] } });
  const report = await place.run('report', path('run'), '--with', path('esx'));
  expect(report).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(path('run/report/report.md'), 'utf8')).toContain('esx (imported)');
});

it('says in one message what is missing, and leaves nothing', async () => {
  const output = join(place.folder, 'none');
  const refused = await Promise.all([
    place.run('import', '--as', 'esx', '--output', output),
    place.run('import', 'x.csv', '--output', output),
    place.run('import', 'x.csv', '--as', 'esx', '--system', 'ESX', '--output', output),
  ]);
  const [file, as, provenance] = refused.map(({ stderr }) => stderr);
  expect(refused.map(({ code }) => code)).toEqual([1, 1, 1]);
  expect(file).toContain('expected a file to import, got none');
  expect(as).toContain('expected --as NAME');
  expect(provenance).toContain('version, hardware, measuredBy, measuredAt, source are missing');
  expect(existsSync(output)).toBe(false);
});

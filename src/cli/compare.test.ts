import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticRecords } from '../harness/analysis/gate/synthetic-history.example.ts';
import { writeRun } from '../harness/analysis/synthetic-run.example.ts';
import { Workplace } from './virtgauge.example.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

it('prints what differs, then the figures, and judges nothing', async () => {
  const folders = [1, 2].map((number) => {
    const folder = join(place.folder, String(number));
    mkdirSync(folder);
    writeRun(folder, syntheticRecords({ number }));
    return folder;
  });
  const { code, stdout, stderr } = await place.run('compare', ...folders);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('nothing that is known differs');
  expect(stdout).toMatch(/\nfigure +arm +A +B +\/ A\n/);
  expect(stdout).toMatch(/ clone +[\d.]+ s \(.*n = 8\) +[\d.]+ s \(.*n = 8\) +[01]\.\d+\n/);
  expect(stdout).toContain('Ratios have none');
  const alone = await place.run('compare', folders[0] ?? '');
  expect(alone).toMatchObject({ code: 1, stdout: '' });
  expect(alone.stderr).toContain('expected two runs or more, got 1');
}, 30_000);

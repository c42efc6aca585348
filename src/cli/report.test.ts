import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSyntheticRun } from '../harness/analysis/synthetic-run.example.ts';
import { writeHandmadeBundle } from '../harness/bundle/handmade-bundle.example.ts';
import { Workplace } from './virtgauge.example.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

/** Clears a screen, sets a title, turns the direction, and makes up a line. */
const hostile = 'x\u001b[2J\u001b]0;y\u0007\u009b1m\u202e\r\nreport  made-up';
const controls = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u;

it('lets no control character of a run or a bundle reach the terminal, or texts and tables', async () => {
  const folder = join(place.folder, 'run');
  mkdirSync(folder);
  writeSyntheticRun(folder, {
    ...{ measure: ['creation'], blocks: 6, noise: 0.001 },
    factors: { provisioning: [hostile, 'clone'], storage: ['shared'] },
    change: (run) => {
      const storages = { shared: { ...run.environment.storages['shared'], standIn: hostile } };
      const total = { ...run.metrics['creation.total'], title: hostile };
      return {
        ...run,
        environment: { ...run.environment, storages } as typeof run.environment,
        metrics: { ...run.metrics, 'creation.total': total } as typeof run.metrics,
      };
    },
  });
  const bundle = join(place.folder, 'evil.tar.gz');
  const files = readdirSync(folder).filter((name) => name !== 'artifacts');
  const packed = files.map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
  writeHandmadeBundle(bundle, Object.fromEntries(packed), hostile);
  const output = join(place.folder, 'out');
  const told = [
    await place.run('report', folder),
    await place.run('report', bundle, '--output', output),
  ];
  for (const { code, stdout, stderr } of told) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(String.raw`x\u001b[2J`);
    expect(stdout).not.toMatch(controls);
    expect(stdout).not.toMatch(/^report {2}made-up/m);
  }
  expect(told[1]?.stdout).toContain(String.raw`packed by virtgauge x\u001b[2J`);
  for (const name of ['methods.txt', 'tables/summary.csv', 'tables/samples.csv', 'report.md']) {
    expect(readFileSync(join(output, 'report', name), 'utf8')).not.toMatch(controls);
  }
}, 60_000);

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRun } from '../../harness/results/run-file.ts';
import { Workplace } from '../virtgauge.example.ts';

/** Simulated, so that it needs no guest and the same seed gives the same figures. */
const scenario = `
name: tiny
factors: { placement: [random, best-fit] }
fixed: { hosts: 12, guests: 60 }
measure: { simulation: { subject: guests, duration: 1h, points: 2 } }
repeat: { trials: 6 }
`;

let place: Workplace;
let file: string;
beforeAll(() => {
  place = new Workplace();
  file = join(place.folder, 'tiny.yaml');
  writeFileSync(file, scenario);
});
afterAll(() => place.remove());

it('makes the run itself, and measures suspected arms again before it fires', async () => {
  const run = join(place.folder, 'ab');
  const { code, stdout } = await place.run(
    ...['gate', file, '--ab', 'placement=best-fit', 'placement=random'],
    ...['--run', run, '--seed', '5eed', '--set', 'fixed.hosts=10'],
  );
  const made = readRun(run);
  expect(made.overrides).toEqual([
    'fixed.hosts=10',
    'factors.placement=[best-fit, random]',
    'repeat.trials=12',
  ]);
  expect(stdout).toContain('placement random against placement best-fit, interleaved in');
  const again = `${run}-confirm`;
  expect(code).toBe(3);
  expect(stdout).toMatch(/Hosts in use.* regression, confirmed /);
  expect(readRun(again)).toMatchObject({ confirms: made.id, planned: 24 });
  expect(readRun(again).seed).not.toBe(made.seed);
}, 120_000);

it('begins nothing where versions or options do not fit', async () => {
  const cases: [string[], string][] = [
    [[file, '--ab', 'placement=a,b'], 'factors.placement'],
    [[file, '--ab', 'placment=best-fit,random'], 'placment'],
    [[file, '--ab', 'placement=best-fit', 'hosts=3'], 'the same factors in both versions'],
    [[file], 'expected --baseline FOLDER or --ab VERSIONS'],
    [[join(place.folder, 'absent.yaml'), '--ab', 'cpu=a,b'], 'absent.yaml'],
  ];
  const before = readdirSync(place.folder);
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await place.run('gate', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  }
  expect(readdirSync(place.folder)).toEqual(before);
  expect(readFileSync(file, 'utf8')).toBe(scenario);
}, 120_000);

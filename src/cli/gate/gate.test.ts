import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  syntheticRecords,
  type SyntheticStored,
} from '../../harness/analysis/gate/synthetic-history.example.ts';
import { writeRun } from '../../harness/analysis/synthetic-run.example.ts';
import type { Run } from '../../harness/results/schema.ts';
import { Workplace } from '../virtgauge.example.ts';

let place: Workplace;
let history: string;
beforeAll(() => {
  place = new Workplace();
  history = join(place.folder, 'history');
  for (let number = 0; number < 8; number++) store(`history/${number}`, { number });
  const other = (run: Run): Run => ({ ...run, scenario: { ...run.scenario, name: 'other' } });
  store('history/other', { number: 50, change: other });
  const begun = (run: Run): Run => {
    const { endedAt, ...rest } = run;
    return endedAt === undefined ? run : rest;
  };
  store('history/begun', { number: 51, change: begun });
});
afterAll(() => place.remove());

function store(name: string, options: SyntheticStored): string {
  const folder = join(place.folder, name);
  mkdirSync(folder, { recursive: true });
  writeRun(folder, syntheticRecords(options));
  return folder;
}

const gate = (...args: string[]) => place.run('gate', ...args);

it('stops what is slower, and says how to confirm it', async () => {
  const run = store('slower', { number: 101, slower: 1.3 });
  const output = join(place.folder, 'out');
  const { code, stdout, stderr } = await gate(
    ...[run, '--baseline', history, '--output', output, '--no-confirm'],
  );
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  expect(stdout).toContain('quickstart: 2 regressions');
  expect(stdout).toContain('! 1 run in the folder of another scenario is left out.');
  expect(stdout).toContain('! 1 run in the folder has not ended and is left out.');
  expect(stdout).toMatch(/to confirm: {2}npx virtgauge run scenarios\/quickstart\.yaml$/m);
  expect(readdirSync(output).sort()).toEqual([
    'benchmark-smaller-is-better.json',
    'gate.junit.xml',
    'gate.md',
    'gate.openmetrics.txt',
  ]);
  expect(readFileSync(join(output, 'gate.md'), 'utf8')).toContain('❌ quickstart: 2 regressions');
}, 30_000);

it('keeps a suspicion of a run that was made elsewhere, and measures nothing', async () => {
  const run = store('elsewhere', { number: 103, slower: 1.3 });
  const output = join(place.folder, 'kept');
  const { code, stdout, stderr } = await gate(run, '--baseline', history, '--output', output);
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  expect(stdout).toContain('Suspected only: the run was not made here');
  expect(existsSync(join(output, 'gate.md'))).toBe(true);
  expect(existsSync(`${run}-confirm`)).toBe(false);
}, 30_000);

it('takes a run and its copies for one', async () => {
  for (let copy = 0; copy < 6; copy++) store(`copies/${copy}`, { number: 7 });
  const run = store('beside-copies', { number: 104 });
  const { code, stdout } = await gate(run, '--baseline', join(place.folder, 'copies'));
  expect(code).toBe(4);
  expect(stdout).toContain('! 5 runs in the folder are copies and are left out.');
}, 30_000);

it('lets pass what is not, and keeps a run of the history out of its own comparison', async () => {
  const same = await gate(join(history, '3'), '--baseline', history, '--margin', '50%', '--json');
  expect(same).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(same.stdout)).toMatchObject({ outcome: 'good', rows: [{ n: 7 }, { n: 7 }] });
  const few = await gate(join(history, '3'), '--baseline', history, '--last', '1');
  expect(few.code).toBe(4);
  expect(few.stdout).toContain('1 of the 5 earlier runs needed');
}, 30_000);

it('compares two levels inside a run', async () => {
  const run = store('ab', { number: 102, blocks: 20 });
  expect(await gate(run, '--ab', 'provisioning')).toMatchObject({ code: 0, stderr: '' });
  const back = await gate(run, '--ab', 'provisioning=clone,copy', '--no-confirm');
  expect(back.code).toBe(3);
  expect(back.stdout).toContain('provisioning copy against provisioning clone, interleaved in');
}, 30_000);

it('refuses what it cannot judge, in one message', async () => {
  const run = join(history, '3');
  const absent = join(place.folder, 'absent');
  const schema = store('schema/1', { number: 1 });
  const file = join(schema, 'run.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"schema": 1', '"schema": 99'));
  const damaged = store('damaged/1', { number: 1 });
  writeFileSync(join(damaged, 'trials.ndjson'), '{"trial":0}\n{"trial":1}\n');
  const cases: [string[], string][] = [
    [[run], 'expected --baseline FOLDER or --ab VERSIONS'],
    [[run, '--baseline', absent], 'expected a folder of runs'],
    [[run, '--baseline', history, '--margin', 'much'], 'Expected a share'],
    [[run, '--baseline', join(place.folder, 'schema')], 'expected results of schema 1'],
    [[run, '--baseline', join(place.folder, 'damaged')], 'trials.ndjson:1'],
    [[absent, '--baseline', history], 'expected the folder of a run'],
    [[run, '--baseline', history, '--metric', 'creation.totl'], 'did you mean "creation.total"?'],
    [['scenarios/ci/micro.yaml', '--baseline', absent], 'expected a folder of runs'],
    [['scenarios/ci/micro.yaml', absent, '--baseline', history], 'expected the folder of a run'],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await gate(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  }
  expect(existsSync(absent)).toBe(false);
}, 60_000);

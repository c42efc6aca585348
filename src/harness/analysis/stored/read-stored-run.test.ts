import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { writeRun } from '../../results/run-file.ts';
import { exampleRun, exampleSample, exampleTrial } from '../../results/run-folder.example.ts';
import type { Run } from '../../results/schema.ts';
import { readStoredRun } from './read-stored-run.ts';

const ended: Run = { ...exampleRun, planned: 4, endedAt: '2026-11-21T01:00:00Z' };
const lines = (all: readonly unknown[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('');
const numbers = [0, 1, 2, 3];

let folder: string;
let samples: string;
let trials: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-stored-'));
  samples = join(folder, 'samples.ndjson');
  trials = join(folder, 'trials.ndjson');
  writeRun(folder, ended);
  writeFileSync(samples, lines(numbers.map((trial) => exampleSample(trial))));
  writeFileSync(trials, lines(numbers.map((trial) => exampleTrial(trial))));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('has nothing to say of a whole run', () => {
  expect(readStoredRun(folder).warnings).toEqual([]);
});

describe.each([
  ['deleted', (path: string) => rmSync(path)],
  ['emptied', (path: string) => writeFileSync(path, '')],
])('a file that was %s is an error', (_, lose) => {
  it('of samples', () => {
    lose(samples);
    expect(() => readStoredRun(folder)).toThrow(UserError);
    expect(() => readStoredRun(folder)).toThrow(
      `${samples}: expected the samples of 4 completed trials, got none`,
    );
  });

  it('of trials', () => {
    lose(trials);
    expect(() => readStoredRun(folder)).toThrow(UserError);
    expect(() => readStoredRun(folder)).toThrow(`${trials}: expected the trials`);
  });
});

describe('warns', () => {
  it('of samples that were cut off, and of trials that have none', () => {
    const text = readFileSync(samples, 'utf8');
    writeFileSync(samples, text.slice(0, text.length / 2 + 20));
    expect(readStoredRun(folder).warnings).toEqual([
      `${samples}:3: the last line is cut off (killed writer); ignored`,
      `${samples}: no samples of trials 2, 3, completed: was the file cut off?`,
    ]);
  });

  it('of samples of unknown trials', () => {
    writeFileSync(trials, lines([exampleTrial(0)]));
    expect(readStoredRun(folder).warnings).toEqual([
      `${trials}: no trials 1, 2, 3, of which there are samples: left out`,
    ]);
  });

  it('of records of unknown arms', () => {
    writeRun(folder, { ...ended, arms: [{ storage: 'shared' }] });
    expect(readStoredRun(folder).warnings).toEqual([
      `${folder}: records of arms that run.json does not have, such as [["storage","local"]]: left out`,
    ]);
  });
});

it('misses the trials also where the samples are gone with them', () => {
  for (const path of [samples, trials]) rmSync(path);
  expect(() => readStoredRun(folder)).toThrow(
    `${trials}: expected the trials of the run, got none`,
  );
});

it('bears a run that was interrupted before its first trial', () => {
  for (const path of [samples, trials]) writeFileSync(path, '');
  expect(readStoredRun(folder)).toMatchObject({ trials: [], warnings: [] });
});

describe('has nothing to say of a run that was killed', () => {
  beforeEach(() => writeRun(folder, exampleRun));

  it('in its first trial', () => {
    writeFileSync(trials, '');
    expect(readStoredRun(folder)).toMatchObject({ trials: [], series: [], warnings: [] });
  });

  it('in a later one', () => {
    writeFileSync(trials, lines(numbers.slice(0, 2).map((trial) => exampleTrial(trial))));
    expect(readStoredRun(folder)).toMatchObject({ trials: [{}, {}], warnings: [] });
  });
});

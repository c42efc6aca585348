import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTrials } from './read-trials.ts';
import { exampleTrial } from './run-folder.example.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-trials-'));
  path = join(folder, 'trials.ndjson');
  writeFileSync(path, `${JSON.stringify(exampleTrial(0))}\n${JSON.stringify(exampleTrial(1))}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('leaves out a last line without its newline, whole or not', () => {
  appendFileSync(path, JSON.stringify(exampleTrial(2)));
  expect(readTrials(folder)).toEqual([exampleTrial(0), exampleTrial(1)]);
});

it('names a line that is no JSON', () => {
  appendFileSync(path, 'oops\n');
  expect(() => readTrials(folder)).toThrow(`${path}:3: expected JSON`);
});

it('names a line that is no trial', () => {
  appendFileSync(path, `${JSON.stringify({ ...exampleTrial(2), state: 'fine' })}\n`);
  expect(() => readTrials(folder)).toThrow(`${path}:3: expected a trial (state: `);
});

it('finds no trials before the first', () => {
  rmSync(path);
  expect(readTrials(folder)).toEqual([]);
});

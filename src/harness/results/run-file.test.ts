import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { readRun, writeRun } from './run-file.ts';
import { exampleRun } from './run-folder.example.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-run-'));
  path = join(folder, 'run.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function failure(): UserError {
  try {
    readRun(folder);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('expected a UserError');
}

it('reads what it has written, the last time', () => {
  writeRun(folder, exampleRun);
  const ended = { ...exampleRun, planned: 48, endedAt: '2026-11-21T00:03:38Z' };
  writeRun(folder, ended);
  expect(readRun(folder)).toEqual(ended);
  expect(readdirSync(folder)).toEqual(['run.json']);
});

it('does not write what it could not read', () => {
  expect(() => writeRun(folder, { ...exampleRun, planned: NaN })).toThrow('planned');
  expect(readdirSync(folder)).toEqual([]);
});

it('names both versions of the schema', () => {
  writeFileSync(path, JSON.stringify({ ...exampleRun, schema: 2 }));
  expect(failure().message).toMatch(/expected results of schema 1, found schema 2\n.*update this one/);
});

it('shows where JSON is broken', () => {
  writeFileSync(path, '{\n  "schema": 1,\n  "id": oops\n}\n');
  expect(failure().problems[0]?.where).toBe(`${path}:3:9`);
  writeFileSync(path, '{\n  "schema": 1');
  expect(failure().problems[0]?.where).toBe(`${path}:2:14`);
});

it('names every field that does not fit', () => {
  writeFileSync(path, JSON.stringify({ ...exampleRun, seed: 7, surprise: true }));
  expect(failure().problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^seed: .*expected string/),
    expect.stringContaining('"surprise"'),
  ]);
});

it('says that the version of the schema is missing', () => {
  const { schema, ...rest } = exampleRun;
  expect(schema).toBe(1);
  writeFileSync(path, JSON.stringify(rest));
  expect(failure().message).toContain('expected results of schema 1, found none that is named');
});

it('knows moments and counts from others', () => {
  writeFileSync(path, JSON.stringify({ ...exampleRun, startedAt: 'yesterday', planned: -5 }));
  expect(failure().problems.map(({ message }) => message)).toEqual([
    'startedAt: expected a moment such as 2026-11-21T00:03:38Z',
    'planned: expected a count of trials, got less than 0',
  ]);
});

it('says that a folder is none of a run', () => {
  expect(failure().message).toContain('found no run.json');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readStandby, writeStandby } from './standby-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-standby-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is read as it was written', () => {
  const record = { version: 1, inStep: true, seenAt: 5, exportName: 'x' } as const;
  writeStandby(folder, record);
  expect(readStandby(folder)).toEqual(record);
  writeStandby(folder, { ...record, inStep: false, reason: 'the target died' });
  expect(readStandby(folder)).toMatchObject({ inStep: false, reason: 'the target died' });
});

it('is never thought to be in step where there is none, or none that can be read', () => {
  expect(() => readStandby(folder)).toThrow('there is none');
  writeFileSync(join(folder, 'standby.json'), '{"inStep": true}');
  expect(() => readStandby(folder)).toThrow('cannot be read');
});

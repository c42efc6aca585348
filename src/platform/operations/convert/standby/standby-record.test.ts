import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  forgetStandby,
  knownStandby,
  lostAtMost,
  mayTakeOver,
  readStandby,
  standbyEnded,
  standbyTookOver,
  writeStandby,
} from './standby-record.ts';

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

it('may be started from again where the target ran it, until the source was to run it', () => {
  const record = { version: 1, inStep: true, seenAt: Date.now(), exportName: 'x' } as const;
  standbyEnded(folder, 'no copy was kept');
  expect(() => readStandby(folder)).toThrow('there is none');
  writeStandby(folder, record);
  expect(mayTakeOver(readStandby(folder))).toBe(true);
  standbyTookOver(folder, 3);
  expect(readStandby(folder)).toMatchObject({ inStep: false });
  expect(mayTakeOver(readStandby(folder))).toBe(true);
  expect(lostAtMost(readStandby(folder))).toBe(3);
  standbyEnded(folder, 'the source was to run it');
  expect(mayTakeOver(readStandby(folder))).toBe(false);
  forgetStandby(folder);
  expect(knownStandby(folder)).toBeUndefined();
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { conversionFolder, recordedFolder } from './conversion-folder.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'virtgauge-conversions-'));
  vi.stubEnv('VIRTGAUGE_STATE', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

it('is that of a conversion on record, and names those that are where it is none', () => {
  expect(() => recordedFolder('web')).toThrow('got web');
  mkdirSync(conversionFolder('mail'), { recursive: true });
  writeFileSync(join(conversionFolder('mail'), 'conversion.json'), '{}');
  expect(recordedFolder('mail')).toBe(join(state, 'conversions', 'mail'));
  expect(() => recordedFolder('web')).toThrow(/got web/);
});

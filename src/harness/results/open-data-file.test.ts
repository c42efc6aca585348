import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { readEvents } from './read-events.ts';
import { readSamples } from './read-samples.ts';
import { readTrials } from './read-trials.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const readers: [string, () => unknown][] = [
  ['samples.ndjson', () => readSamples(join(folder, 'samples.ndjson'))],
  ['trials.ndjson', () => readTrials(folder)],
  ['events.ndjson', () => [...readEvents(folder, new Set([1]))]],
];

describe.each(readers)('a %s that cannot be read is no fault of virtgauge', (name, read) => {
  const expectRefused = (message: string) => {
    expect(read).toThrow(UserError);
    expect(read).toThrow(`${join(folder, name)}: ${message}`);
  };

  it('a folder', () => {
    mkdirSync(join(folder, name));
    expectRefused('expected a file, got a folder');
  });

  it('a link to itself', () => {
    symlinkSync(name, join(folder, name));
    expectRefused('expected a file that can be read, got none (ELOOP');
  });

  it.skipIf(process.getuid?.() === 0)('a file without permission', () => {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0);
    expectRefused('expected a file that can be read, got none (EACCES');
  });
});

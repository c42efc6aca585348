import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wholeLines } from './whole-lines.ts';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-lines-'));
  path = join(folder, 'file');
});
afterAll(() => rmSync(folder, { recursive: true }));

it('gives every whole line with its place, however the file falls into pieces', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line), line, fc.integer({ min: 1, max: 40 }), (lines, rest, chunk) => {
      const content = Buffer.from(lines.map((text) => `${text}\n`).join('') + rest);
      writeFileSync(path, content);
      const read = [...wholeLines(path, chunk)];
      expect(read.map(({ text }) => text)).toEqual(lines);
      for (const { text, start, end } of read) {
        expect(content.toString('utf8', start, end)).toBe(`${text}\n`);
      }
      expect(read.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1));
    }),
  );
});

it('finds no lines in a file that is not there', () => {
  expect([...wholeLines(join(folder, 'none'))]).toEqual([]);
});

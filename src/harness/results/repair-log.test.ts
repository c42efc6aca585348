import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repairLines, repairTrials } from './repair-log.ts';
import { exampleTrial } from './run-folder.example.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-repair-'));
  path = join(folder, 'log.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(path, 'utf8');

describe('repairLines', () => {
  it('keeps exactly the lines that count, byte for byte, and nothing beside the file', () => {
    const line = fc.record({ trial: fc.nat({ max: 3 }), note: fc.string({ unit: 'binary' }) });
    fc.assert(
      fc.property(fc.array(line), fc.subarray([0, 1, 2, 3]), fc.string(), (all, counting, rest) => {
        const lines = all.map((one, index) => `${' '.repeat(index % 3)}${JSON.stringify(one)}\n`);
        writeFileSync(path, lines.join('') + rest.replaceAll('\n', ''));
        repairLines(path, (trial) => counting.includes(trial));
        const kept = lines.filter((_, index) => counting.includes(all[index]?.trial ?? -1));
        expect(text()).toBe(kept.join(''));
        expect(readdirSync(folder)).toEqual(['log.ndjson']);
      }),
    );
  });

  it('does not touch a file in which everything counts', () => {
    writeFileSync(path, '{"trial":0}\n');
    const before = statSync(path, { bigint: true });
    repairLines(path, () => true);
    const after = statSync(path, { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it.each([
    ['oops', 'expected JSON'],
    ['{}', 'the number of its trial'],
    ['null', 'the number of its trial'],
  ])('names a whole line that is broken (%s) and changes nothing', (broken, message) => {
    const before = `{"trial":0}\n${broken}\n{"trial":1}\n`;
    writeFileSync(path, before);
    expect(() => repairLines(path, () => false)).toThrow(`${path}:2: expected`);
    expect(() => repairLines(path, () => false)).toThrow(message);
    expect(text()).toBe(before);
  });

  it('takes a file that is not there for an empty one', () => {
    repairLines(path, () => true);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('repairTrials', () => {
  it('cuts off what is unfinished and takes out what does not count', () => {
    const lines = [exampleTrial(0), exampleTrial(1, 'aborted'), exampleTrial(2)].map(
      (trial) => `${JSON.stringify(trial)}\n`,
    );
    writeFileSync(path, `${lines.join('')}{"trial":3,`);
    const kept = repairTrials(path, ({ state }) => state !== 'aborted');
    expect(kept).toEqual([exampleTrial(0), exampleTrial(2)]);
    expect(text()).toBe(`${lines[0]}${lines[2]}`);
  });
});

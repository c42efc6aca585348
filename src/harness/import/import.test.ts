import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { readSamples } from '../results/read-samples.ts';
import { readTrials } from '../results/read-trials.ts';
import { readRun } from '../results/run-file.ts';
import { importResults, type ImportOptions } from './import.ts';
import { templates } from './templates.ts';

const provenance = {
  ...{ system: 'ESX Server', version: '3', hardware: '2 CPUs', measuredBy: 'N. N.' },
  ...{ measuredAt: '2008', source: 'a paper' },
};
const fio = (name: string) =>
  fileURLToPath(new URL(`./fio/fixtures/${name}.json`, import.meta.url));

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-import-'));
  writeFileSync(join(place, 'a.csv'), templates.csv);
});
afterEach(() => rmSync(place, { recursive: true }));

function take(options: Partial<ImportOptions> = {}) {
  return importResults({
    files: [join(place, 'a.csv')],
    ...{ name: 'esx', provenance, levels: [], output: join(place, 'out') },
    now: new Date('2026-11-20T12:00:00Z'),
    ...options,
  });
}

describe('a run folder of imported results', () => {
  it('is one like any other, and says of every sample that it was imported', () => {
    const { path } = take();
    const run = readRun(path);
    expect(run).toMatchObject({
      id: expect.stringMatching(/^2026-11-20-esx-[0-9a-f]{4}$/) as string,
      factors: { system: ['esx'], storage: ['local'], guests: [1] },
      imported: { esx: { ...provenance, files: [{ name: 'a.csv' }] } },
    });
    expect(run.environment.machine).toBeUndefined();
    const { groups, count } = readSamples(join(path, 'samples.ndjson'));
    expect(count).toBe(6);
    expect([...new Set(groups.map(({ labels }) => labels.kind))]).toEqual(['imported']);
    expect(groups.map(({ labels }) => labels.metric)).toContain('guest-io.latency');
    expect(readTrials(path).map(({ block, arm }) => [block, arm])).toEqual([
      [0, { system: 'esx', storage: 'local', guests: 1 }],
      [1, { system: 'esx', storage: 'local', guests: 1 }],
    ]);
  });

  it('can be made again from what is kept in it', () => {
    const { path, run } = take();
    const again = take({ files: [join(path, 'artifacts/a.csv')], output: join(place, 'again') });
    expect(again.run).toEqual(run);
    expect(take({ levels: ['vcpus=2'], output: join(place, 'other') }).run.seed).not.toBe(run.seed);
  });

  it('has a trial for each output of fio', () => {
    const files = [fio('randread'), fio('mixed-plus'), fio('randread')];
    const { path } = take({ files, levels: ['storage=local'] });
    expect(readTrials(path)).toHaveLength(3);
    expect(readdirSync(join(path, 'artifacts')).sort()).toEqual([
      ...['2-randread.json', 'mixed-plus.json', 'provenance.yaml', 'randread.json'],
    ]);
  });
});

describe('what is wrong leaves nothing behind:', () => {
  const bad: [string, () => Partial<ImportOptions>, string | RegExp][] = [
    ['a name that is none', () => ({ name: '../up' }), '--as: expected a name'],
    ['a level without factor', () => ({ levels: ['local'] }), '--level: expected FACTOR=LEVEL'],
    [
      'a level twice',
      () => ({ levels: ['a=1', 'a=2'] }),
      'expected every factor once, got a again',
    ],
    ['a formula as level', () => ({ levels: ['a==1+1'] }), '--level: expected FACTOR=LEVEL'],
    [
      'a level and a column of one factor',
      () => ({ levels: ['storage=local'] }),
      /a\.csv:\d+:1: expected no column "storage"/,
    ],
    ['a file that is not there', () => ({ files: [join(place, 'no')] }), 'it does not exist'],
    ['a folder', () => ({ files: [place] }), 'got a directory'],
    [
      'two forms',
      () => ({ files: [join(place, 'a.csv'), fio('randread')] }),
      'expected a CSV file like',
    ],
    [
      'the same figures in two files',
      () => ({ files: [join(place, 'a.csv'), join(place, 'a.csv')] }),
      /a\.csv:\d+:1: expected every figure once/,
    ],
    ['200 MB', () => ({ files: [large()] }), 'of at most 32 MiB'],
    [
      'other bytes',
      () => ({ files: [written(Buffer.from([0xff, 0xfe, 0x6d]))] }),
      'expected a text in UTF-8',
    ],
    ['zeros', () => ({ files: [written('\0\0')] }), 'got a binary file'],
  ];

  it.each(bad)('%s', (_, options, message) => {
    const taking = () => take(options());
    expect(taking).toThrow(UserError);
    expect(taking).toThrow(message);
    expect(existsSync(join(place, 'out'))).toBe(false);
  });

  function written(content: string | Buffer): string {
    const path = join(place, 'b.csv');
    writeFileSync(path, content);
    return path;
  }

  function large(): string {
    const path = written(templates.csv);
    truncateSync(path, 200e6);
    return path;
  }
});

it('leaves a folder with files as it is', () => {
  expect(() => take({ output: place })).toThrow('expected an absent or empty folder');
  expect(readdirSync(place)).toEqual(['a.csv']);
});

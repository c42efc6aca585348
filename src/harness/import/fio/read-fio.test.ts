import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../../base/yaml/tree.ts';
import { readFio } from './read-fio.ts';

/** Outputs of fio 3.33: one job; and a job in two processes that reads and writes, with histograms. */
function fixture(name: 'randread' | 'mixed-plus'): string {
  return readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8');
}

function read(text: string) {
  const source: Source = { name: 'x.json', text, noun: 'file', lines: true };
  return readFio(source);
}

interface Written {
  jobs: { read: { io_bytes: number; runtime: number; clat_ns: Record<string, unknown> } }[];
}

function changed(name: 'randread' | 'mixed-plus', change: (content: Written) => void): string {
  const content = JSON.parse(fixture(name)) as Written;
  change(content);
  return JSON.stringify(content, undefined, 2);
}

describe('what fio has written', () => {
  it('gives throughput, requests and percentiles of a job', () => {
    const { figures, warnings } = read(fixture('randread'));
    const job = 'randread';
    expect(warnings).toEqual([]);
    // fio's own figures: bw_bytes and iops are computed from the same numbers.
    const own = (JSON.parse(fixture('randread')) as { jobs: [{ read: Record<string, number> }] })
      .jobs[0].read;
    expect(figures[0]).toMatchObject({ metric: 'guest-io.throughput', job });
    expect(figures[0]?.value).toBeCloseTo(own['bw_bytes'] ?? NaN, -1);
    expect(figures[1]).toMatchObject({ metric: 'guest-io.iops', job });
    expect(figures[1]?.value).toBeCloseTo(own['iops'] ?? NaN, 3);
    const latencies = figures.slice(2);
    expect(latencies.map(({ percentile }) => percentile)).toEqual([50, 90, 95, 99, 99.5, 99.9]);
    for (const { metric, value } of latencies) {
      expect(metric).toBe('guest-io.latency');
      expect(value).toBeGreaterThan(0);
    }
  });

  it('joins the processes of a job, and keeps reads and writes apart', () => {
    const { figures } = read(fixture('mixed-plus'));
    expect([...new Set(figures.map(({ job }) => job))]).toEqual(['mixed:read', 'mixed:write']);
    const { jobs } = JSON.parse(fixture('mixed-plus')) as Written;
    const bytes = jobs.reduce((sum, job) => sum + job.read.io_bytes, 0);
    const runtime = Math.max(...jobs.map((job) => job.read.runtime));
    expect(figures[0]?.value).toBeCloseTo(bytes / (runtime / 1000), 3);
    // From the histograms, so also percentiles that fio does not print.
    expect(figures.filter(({ percentile }) => percentile === 75)).toHaveLength(2);
  });

  it('joins no percentiles', () => {
    const { figures, warnings } = read(
      changed('mixed-plus', ({ jobs }) => jobs.forEach((job) => delete job.read.clat_ns['bins'])),
    );
    const reads = figures.filter(({ job }) => job === 'mixed:read');
    expect(reads.map(({ metric }) => metric)).toEqual(['guest-io.throughput', 'guest-io.iops']);
    expect(warnings.join()).toContain('mixed:read: percentiles of several jobs cannot be joined');
  });

  it('is found behind notes of fio', () => {
    expect(read(`fio: note {1}\n${fixture('randread')}`).figures).toHaveLength(8);
  });

  it.each(['fio: file hash not empty on exit\n', '\nrandread: (groupid=0): err= 0: {1}\n'])(
    'is found before %j',
    (behind) => {
      const text = fixture('randread');
      expect(read(`${text}${behind}`)).toEqual(read(text));
    },
  );
});

const broken: [why: string, text: string, message: RegExp][] = [
  ['nothing', ' \n', /x\.json:1:\d+: expected fio's output as JSON, got an empty file/],
  ['a text', 'fio: file not found\n', /x\.json:1:\d+: expected fio's output as JSON/],
  [
    'a second document',
    `{\n}\n${fixture('randread')}`,
    /x\.json:3:1: expected one JSON document in fio's output, got a second one/,
  ],
  ['an end too soon', fixture('randread').slice(0, 2000), /x\.json:\d+:\d+: .*it is cut off/],
  [
    'a NaN',
    fixture('randread').replace(/"iops": [\d.]+/, '"iops": nan'),
    /x\.json:\d+:\d+: expected fio's output as JSON/,
  ],
  [
    'a negative latency',
    fixture('randread').replace(/"50.000000": \d+/, '"50.000000": -3'),
    /x\.json:\d+:\d+: jobs\.0\.read\.clat_ns\.percentile\.50\.000000: expected a number of at least 0, got -3/,
  ],
  [
    'a histogram with half a request',
    fixture('mixed-plus').replace(/("bins": \{\s*"\d+": )\d+/, '$10.5'),
    /x\.json:\d+:\d+: jobs\.\d\.\w+\.clat_ns\.bins\.\d+: expected a whole number, got 0\.5/,
  ],
  [
    'a job that failed',
    fixture('randread').replace('"error": 0', '"error": 5'),
    /x\.json:\d+:\d+: jobs\.0\.error: expected 0: jobs that failed have no figures, got 5/,
  ],
  [
    'fio 2',
    fixture('randread').replace('fio-3.33', 'fio-2.16'),
    /x\.json:\d+:\d+: fio version: expected version 3 of fio.*got "fio-2\.16"/,
  ],
  [
    'no jobs',
    '{"fio version": "fio-3.33", "client_stats": []}',
    /x\.json:1:1: jobs: expected a list, got nothing/,
  ],
  [
    'a job that did nothing',
    changed('randread', ({ jobs: [job] }) => {
      if (job) job.read.io_bytes = 0;
    }),
    /x\.json:\d+:\d+: jobs\.0: expected a job that reads or writes/,
  ],
  [
    'a job of no time',
    changed('randread', ({ jobs: [job] }) => {
      if (job) job.read.runtime = 0;
    }),
    /x\.json:\d+:\d+: jobs\.0\.read\.runtime: expected a job of at least a millisecond/,
  ],
  [
    'a formula as the name of a job',
    fixture('randread').replace('"jobname": "randread"', '"jobname": "=HYPERLINK(1)"'),
    /x\.json:\d+:\d+: jobs\.0\.jobname: expected a text of 1 to 63 characters/,
  ],
];

it.each(broken)('says where there is %s', (_, text, message) => {
  expect(() => read(text)).toThrow(message);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseFioOutput } from './output.ts';

/** What fio 3.33 printed in a guest: a random read of 4 s, as `json`, so without bins. */
const text = readFileSync(new URL('./fixtures/guest-fio.json', import.meta.url), 'utf8');

interface Job {
  jobname: string;
  error: number;
  read?: object;
}

function changed(change: (jobs: Job[]) => void): string {
  const output = JSON.parse(text) as { jobs: Job[] };
  change(output.jobs);
  return JSON.stringify(output);
}

it('reads what a real fio printed', () => {
  const { version, results } = parseFioOutput(text, ['x']);
  expect(version).toBe('fio-3.33');
  const [{ read, write } = { read: undefined, write: undefined }] = results;
  expect(read).toMatchObject({ bytes: 252_608_512, runtime: 4.001 });
  expect(write).toEqual({ bytes: 0, runtime: 0, bins: {} });
});

it('reads the bins of json+', () => {
  const bins = { '11328': 1, '407552': 2 };
  const plus = changed(([job]) => job && (job.read = { ...job.read, clat_ns: { bins } }));
  expect(parseFioOutput(plus, ['x']).results[0]?.read.bins).toEqual(bins);
});

it('passes over notes before the document, also with braces', () => {
  const noted = `fio: file {1} will be created\nnote: both iodepth >= 1\n${text}`;
  expect(parseFioOutput(noted, ['x'])).toEqual(parseFioOutput(text, ['x']));
});

it.each([
  ['a note', 'fio: file hash not empty on exit\n'],
  [
    'the normal output',
    '\nx: (groupid=0, jobs=1): err= 0: pid=1: {1}\n  read: IOPS=15.4k, BW=60.2MiB/s\n',
  ],
])('passes over %s behind the document', (_, behind) => {
  expect(parseFioOutput(`${text}${behind}`, ['x'])).toEqual(parseFioOutput(text, ['x']));
});

it('refuses several documents, of which it would be open which to take', () => {
  expect(() => parseFioOutput(text + text, ['x'])).toThrow('expected one JSON document from fio');
});

it('gives the jobs asked for, in that order', () => {
  const two = changed((jobs) => {
    const [job] = jobs;
    if (job) jobs.push({ ...job, jobname: 'y', read: { ...job.read, io_bytes: 1 } });
  });
  const bytes = (names: string[]) =>
    parseFioOutput(two, names).results.map(({ read }) => read.bytes);
  expect(bytes(['y', 'x'])).toEqual([1, 252_608_512]);
  expect(bytes(['y'])).toEqual([1]);
});

it('says which job failed', () => {
  const failed = changed(([job]) => job && (job.error = 28));
  expect(() => parseFioOutput(failed, ['x'])).toThrow("fio's job x failed with errno 28");
});

it('says which job is missing', () => {
  expect(() => parseFioOutput(text, ['z'])).toThrow('fio reported no job called z');
});

it('says what is not as expected', () => {
  const broken = changed(([job]) => delete job?.read);
  expect(() => parseFioOutput(broken, ['x'])).toThrow(/not as expected:[^]*read/);
  expect(() => parseFioOutput('{"fio version": "fio-3", "jobs": []}', [])).toThrow('jobs');
});

it.each([
  ['is cut off', text.slice(0, 2000), /expected JSON from fio, got "…/],
  ['is no JSON', 'fio: command not found', /got "…fio: command not found"/],
  ['is empty', ' \n', /expected JSON from fio, got nothing/],
])('says that the output %s', (_, output, message) => {
  expect(() => parseFioOutput(output, ['x'])).toThrow(message);
});

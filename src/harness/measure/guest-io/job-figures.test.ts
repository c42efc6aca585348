import { expect, it } from 'vitest';
import { jobSchema } from './options.ts';
import { jobFigures, throughputs, type JobPart } from './job-figures.ts';

const job = jobSchema.parse({ name: 'read', rw: 'read' });
const nothing = { bytes: 0, runtime: 0, bins: {} };

const part = (host: string, bytes: number, times: readonly number[]): JobPart => ({
  host,
  result: { read: { bytes, runtime: 1, bins: { '1000': 1 } }, write: nothing },
  log: times.map((at) => ({ at, bandwidth: bytes, direction: 'read' })),
});

it('have the interval in which all ran', () => {
  const [read] = jobFigures(job, [part('a', 4096, [10, 10.5]), part('b', 4096, [10.2, 10.7])]);
  expect(read?.curves).toHaveLength(2);
  expect(read?.common).toBeDefined();
});

it('have none where a guest hardly ran; its latencies count', () => {
  const [read] = jobFigures(job, [part('a', 4096, [10, 10.5]), part('a', 4096, [])]);
  expect(read).toMatchObject({ curves: [], common: undefined });
  expect(read?.latencies).toBeDefined();
});

it('have no common throughput where a guest left nothing in its log, unless it is alone', () => {
  const rates = (...parts: JobPart[]) =>
    jobFigures(job, parts).map((figures) => throughputs(figures, parts));
  expect(rates(part('a', 4096, []))).toEqual([{ each: [4096], seconds: 1 }]);
  expect(rates(part('a', 4096, [10, 10.5]), part('b', 4096, []))).toEqual([undefined]);
});

it('are refused where all was over before fio could count it', () => {
  const read = { bytes: 4096, runtime: 0, bins: { '1000': 1 } };
  const fast = { ...part('a', 4096, []), result: { read, write: nothing } };
  expect(() => jobFigures(job, [fast])).toThrow('read: over within 1 ms');
});

it('are refused where a guest has moved nothing', () => {
  expect(() => jobFigures(job, [part('a', 0, [])])).toThrow('read: fio has moved nothing');
});

import { expect, it } from 'vitest';
import { jobFile } from '../../src/harness/measure/guest-io/fio/job-file.ts';
import { jobSchema } from '../../src/harness/measure/guest-io/options.ts';
import { handJobFile } from './hand-job-file.ts';
import { pairsNeeded, pilotPairs } from './pairs-needed.ts';

it('by hand it is the same job, without barrier and logs', () => {
  const job = jobSchema.parse({ name: 'j', rw: 'randread' });
  const text = jobFile([job], { folder: '/run/fio', file: '/dev/vda', offset: 4096, seed: 1 });
  const ours = text.split('\n');
  const byHand = handJobFile(text).split('\n');
  expect(byHand.every((line) => ours.includes(line))).toBe(true);
  const added = ours.filter((line) => !byHand.includes(line)).map((line) => line.split('=')[0]);
  expect(added).toEqual([
    'per_job_logs',
    'write_bw_log',
    'log_avg_msec',
    'bwavgtime',
    'log_unix_epoch',
    'exec_prerun',
  ]);
});

const pilot = (noise: number) =>
  Array.from({ length: pilotPairs }, (_, index) => ({
    ours: 100 * (1 + noise * Math.sin(index * 7)),
    other: 100,
  }));

it('plans more pairs for more noise, within half an hour, the pilot counting', () => {
  expect(pairsNeeded(pilot(0.001), 1)).toBe(pilotPairs);
  const some = pairsNeeded(pilot(0.05), 1);
  expect(some).toBeGreaterThan(pilotPairs);
  expect(pairsNeeded(pilot(0.1), 1)).toBeGreaterThan(some);
  expect(pairsNeeded(pilot(0.5), 10)).toBe(180);
  expect(pairsNeeded(pilot(0.5), 1000)).toBe(pilotPairs);
});

import { expect, it } from 'vitest';
import type { Run } from '../../results/schema.ts';
import { syntheticRun } from '../synthetic-run.example.ts';
import { whyNotCompared } from './comparable-runs.ts';

const { run } = syntheticRun({ measure: ['creation', 'guest-io'] });
const jobs = [{ name: 'randread', rw: 'randread', bs: 4096, size: 2 ** 22 }];
const measuring = (guestIo: object, guest: object = {}): Run => ({
  ...run,
  scenario: { ...run.scenario, measure: { creation: {}, 'guest-io': guestIo }, guest },
});

it('takes an option that did not exist when the run was stored for its default', () => {
  const [before, now] = [
    measuring({ jobs }),
    measuring({ jobs, host: false }, { bootTimeout: 60 }),
  ];
  expect(whyNotCompared(before, now)).toEqual([]);
  expect(whyNotCompared(now, before)).toEqual([]);
});

it('still tells what is really another, in one place', () => {
  const other = jobs.map((job) => ({ ...job, bs: 65536 }));
  expect(whyNotCompared(measuring({ jobs }), measuring({ jobs: other }))).toEqual([
    expect.stringMatching(/^its measure is another: guest-io\.jobs\.0\.bs was 4096, is 65536$/),
  ]);
  expect(whyNotCompared(measuring({ jobs }), measuring({ jobs, host: true })).join()).toContain(
    'guest-io.host was false, is true',
  );
  const unknown = measuring({ jobs, later: 1 });
  expect(whyNotCompared(measuring({ jobs }), unknown).join()).toContain('its measure is another');
});

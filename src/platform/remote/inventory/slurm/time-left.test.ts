import { expect, it } from 'vitest';
import type { Shell } from '../../shell.ts';
import { jobTimeLeft, parseTimeLeft } from './time-left.ts';

it.each([
  ['2:00\n', 120],
  ['0:07', 7],
  ['59:59', 3599],
  ['2:03:04', 7384],
  ['1-02:03:04', 93_784],
  ['UNLIMITED', undefined],
  ['NOT_SET', undefined],
  ['INVALID', undefined],
  ['', undefined],
])('reads %j as %s seconds', (text, seconds) => {
  expect(parseTimeLeft(text)).toBe(seconds);
});

const shell = (answer: () => Promise<{ stdout: string }>) => ({ run: answer }) as unknown as Shell;
const silent = shell(() => Promise.reject(new Error('no squeue')));

it('prefers what stands in the environment', async () => {
  const env = { SLURM_JOB_END_TIME: '1000' };
  expect(await jobTimeLeft(env, '1', { shell: silent, now: 900 })).toBe(100);
  expect(await jobTimeLeft(env, '1', { shell: silent, now: 2000 })).toBe(0);
});

it('else asks squeue, and does without where that does not answer', async () => {
  const asked = shell(() => Promise.resolve({ stdout: '3:00\n' }));
  expect(await jobTimeLeft({}, '1', { shell: asked, now: 0 })).toBe(180);
  expect(await jobTimeLeft({}, '1', { shell: silent, now: 0 })).toBeUndefined();
  expect(await jobTimeLeft({}, '', { shell: asked, now: 0 })).toBeUndefined();
});

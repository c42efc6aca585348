import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../base/errors.ts';
import { currentAllocation } from './allocation.ts';

const job = { SLURM_JOB_ID: '12', SLURM_JOB_NODELIST: 'node[01-03]' };

describe('currentAllocation', () => {
  it('takes nodes, the one that this machine is, and a short folder of the job', () => {
    const env = { ...job, SLURMD_NODENAME: 'node02', TMPDIR: '/tmp/job.12' };
    expect(currentAllocation(env, 'other')).toEqual({
      job: '12',
      nodes: ['node01', 'node02', 'node03'],
      here: 'node02',
      temporary: '/tmp/job.12',
    });
  });

  it('knows this machine by its host name, with or without domain', () => {
    expect(currentAllocation(job, 'node03').here).toBe('node03');
    expect(currentAllocation(job, 'node03.cluster.example').here).toBe('node03');
  });

  it('is on no node where salloc left the shell on a login node', () => {
    expect(currentAllocation(job, 'login1')).toEqual({
      job: '12',
      nodes: ['node01', 'node02', 'node03'],
    });
  });

  it('prefers SLURM_TMPDIR, but no path that is too long for sockets, or relative', () => {
    const long = `/scratch/${'x'.repeat(40)}`;
    const folder = (SLURM_TMPDIR: string, TMPDIR: string) =>
      currentAllocation({ ...job, SLURM_TMPDIR, TMPDIR }, 'node01').temporary;
    expect(folder('/local/12', '/tmp')).toBe('/local/12');
    expect(folder(long, '/tmp/12')).toBe('/tmp/12');
    expect(folder(long, 'tmp')).toBeUndefined();
  });

  it('takes the older names of the variables', () => {
    const env = { SLURM_JOBID: '7', SLURM_NODELIST: 'a,b' };
    expect(currentAllocation(env, 'x')).toEqual({ job: '7', nodes: ['a', 'b'] });
  });

  it('says what to do outside of an allocation, and what is wrong with a list', () => {
    expect(() => currentAllocation({}, 'x')).toThrow(UserError);
    expect(() => currentAllocation({}, 'x')).toThrow(/inside a Slurm allocation[^]*sbatch/);
    const broken = { ...job, SLURM_JOB_NODELIST: 'node[1' };
    expect(() => currentAllocation(broken, 'x')).toThrow('got "node[1"');
  });
});

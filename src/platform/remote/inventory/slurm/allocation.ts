import { posix } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import { longestRuntime } from '../longest-runtime.ts';
import { expandNodeList } from './node-list.ts';

/** What Slurm has given to a job. */
export interface Allocation {
  /** Id of the job. */
  job: string;
  /** Names of its nodes, in Slurm's order. */
  nodes: string[];
  /** The one among them that this machine is; absent on a login node. */
  here?: string;
  /** The job's own folder for temporary files on this machine, where it suits sockets. */
  temporary?: string;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The allocation in which this process runs.
 * @param hostname of this machine
 * @throws UserError if it is in none, saying how to get one
 */
export function currentAllocation(variables: Variables, hostname: string): Allocation {
  const { SLURM_JOB_ID: job = variables['SLURM_JOBID'] ?? '' } = variables;
  const list = variables['SLURM_JOB_NODELIST'] ?? variables['SLURM_NODELIST'] ?? '';
  if (list === '') {
    throw new UserError({
      where: 'hosts: slurm',
      message: 'expected to run inside a Slurm allocation, SLURM_JOB_NODELIST is not set',
      remedy:
        'Submit it as a job (sbatch, see docs/slurm.md), or get nodes first: salloc --nodes 2 virtgauge …',
    });
  }
  const nodes = expandNodeList(list);
  if (nodes === undefined) {
    throw new UserError({
      where: 'SLURM_JOB_NODELIST',
      message: `expected a list of nodes such as node[01-03,07], got ${JSON.stringify(list)}`,
      remedy: 'Leave it as Slurm sets it.',
    });
  }
  const here = nodeHere(nodes, [variables['SLURMD_NODENAME'], hostname, hostname.split('.')[0]]);
  const temporary = [variables['SLURM_TMPDIR'], variables['TMPDIR']].find(isSuitable);
  return {
    ...{ job, nodes },
    ...(here !== undefined && { here }),
    ...(temporary !== undefined && { temporary }),
  };
}

function nodeHere(
  nodes: readonly string[],
  names: readonly (string | undefined)[],
): string | undefined {
  return names.find((name) => name !== undefined && nodes.includes(name));
}

function isSuitable(path: string | undefined): path is string {
  return (
    path !== undefined &&
    posix.isAbsolute(path) &&
    !/[\0\n]/.test(path) &&
    Buffer.byteLength(path) <= longestRuntime
  );
}

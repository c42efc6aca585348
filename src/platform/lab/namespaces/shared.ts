import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv, Shell } from '../../remote/shell.ts';
import { runInHost, runScriptInHost } from './host.ts';
import type { LabPlan } from './plan.ts';

/** Where hosts see what they share. */
export const sharedPath = '/mnt/shared';

const mostChunkServers = 3;

/** Before hosts start: a directory of this machine that all of them will see. */
export function makeSharedDirectory(plan: LabPlan): void {
  mkdirSync(join(plan.folder, 'shared'), { recursive: true });
}

/**
 * MooseFS on the hosts of a lab: the metadata server on the first, a chunk server on each of the
 * first three, mounted on all. Resolves when what one writes can be read on the others.
 */
export async function startMooseFs(
  shell: Shell,
  plan: LabPlan,
  signal?: AbortSignal,
): Promise<void> {
  const [master, ...others] = plan.hosts;
  if (master === undefined) throw new Error('a lab has at least one host');
  const run = (host: typeof master, ...args: string[]) =>
    runScriptInHost(shell, host, ['moosefs.sh', ...args], signal);
  await run(master, 'master');
  await Promise.all(
    plan.hosts
      .slice(0, mostChunkServers)
      .map((host) => run(host, 'chunks', master.address, host.address)),
  );
  await Promise.all(plan.hosts.map((host) => run(host, 'mount', master.address)));
  const probe = `${sharedPath}/.ready`;
  // Chunk servers report to the metadata server a moment after they have started.
  const write: Argv = [
    'bash',
    '--norc',
    '-c',
    'for i in $(seq 300); do dd if=/dev/zero of="$1" bs=64k count=1 oflag=direct status=none 2>/dev/null && exit 0; sleep 0.1; done; exit 1',
    'write',
    probe,
  ];
  await runInHost(shell, master, write, signal);
  await Promise.all(
    others.map((host) =>
      runInHost(shell, host, ['cmp', '-n', '65536', probe, '/dev/zero'], signal),
    ),
  );
  await runInHost(shell, master, ['rm', probe], signal);
}

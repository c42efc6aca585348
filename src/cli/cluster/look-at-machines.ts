import type { Inspection } from '../../platform/operations/convert/inspect/index.ts';
import type { RunnableMethod } from '../../platform/operations/convert/convert-machine.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { HostEntry } from '../../platform/remote/inventory/schema.ts';
import { requireRoot } from '../p2v/require-root.ts';
import type { BodyOf } from '../../manager/wire/messages/kinds.ts';

type Needs = BodyOf<'adopt'>['machines'][number];

/** A machine that is to be converted, as it was seen. */
export interface Machine {
  readonly host: Host;
  readonly seen: Inspection;
  /** Cores that were at work, on average. */
  readonly cores: number;
  readonly needs: Needs;
}

/** Share of a vCPU up to which a guest may use it on average. */
const filled = 0.8;

/**
 * Looks at machines, all at once, and says what each will need as a guest, or why it cannot be one.
 * @param watch seconds for which their use is counted
 * @throws UserError if one is out of reach or cannot be looked at; those reached are in `open` to be closed
 */
export async function lookAtMachines(
  entries: readonly HostEntry[],
  { method, watch, signal }: { method: RunnableMethod; watch: number; signal: AbortSignal },
  open: Host[],
): Promise<Machine[]> {
  const { connectHosts } = await import('../../platform/remote/connect-host.ts');
  const { inspectSource } = await import('../../platform/operations/convert/inspect/index.ts');
  const { readCpuUse } = await import('../../platform/operations/convert/inspect/cpu-use.ts');
  const { obstaclesOf, refusalsOf } =
    await import('../../platform/operations/convert/obstacles/index.ts');
  const hosts = await connectHosts({ hosts: [...entries] }, signal);
  open.push(...hosts);
  return await Promise.all(
    hosts.map(async (host): Promise<Machine> => {
      await requireRoot(host);
      // Before anything else: looking at a machine is work for it, too.
      const cores = await readCpuUse(host.shell, watch, signal);
      const seen = await inspectSource(host.shell, { watch, signal });
      const refused = refusalsOf(method, obstaclesOf(seen, undefined))
        .map(({ message, remedy = '' }) => `${message}. ${remedy}`.trim())
        .join(' ');
      const needs = needsOf(host.name, seen, cores);
      return { host, seen, cores, needs: refused === '' ? needs : { ...needs, refused } };
    }),
  );
}

/**
 * What a converted machine will need of its host: vCPUs for what its processors were seen to do, at
 * least one, at most as many as it has; of memory and disk all that it has, since its guest gets that.
 */
export function needsOf(
  name: string,
  { processor, memory, disks }: Pick<Inspection, 'processor' | 'memory' | 'disks'>,
  cores: number,
): Needs {
  const vcpus = Math.min(processor.count, Math.max(1, Math.ceil(cores / filled)));
  return {
    name,
    vcpus,
    memory: memory.total,
    disk: disks.reduce((sum, { size }) => sum + size, 0),
  };
}

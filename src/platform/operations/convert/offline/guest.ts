import { posix } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { ConversionTarget, SourceFacts } from '../conversion.ts';

const MiB = 2 ** 20;

interface Wanted {
  name: string;
  facts: SourceFacts;
  target: ConversionTarget;
  environment: Readonly<Record<string, string>>;
  /** File of the controller for what its console says. */
  consoleLog: string;
}

/** Where things lie in the folder of the target. */
export function convertedFiles({ directory }: Pick<ConversionTarget, 'directory'>) {
  return { disk: posix.join(directory, 'disk.raw'), run: posix.join(directory, 'run') };
}

/**
 * The machine as a guest with all of its memory, started by the boot loader of its own disk, under its
 * own address.
 * @throws UserError if the target has no bridge
 */
export function convertedGuest({
  name,
  facts,
  target,
  environment,
  consoleLog,
}: Wanted): GuestSpec {
  const { host, accelerator, cpu } = target;
  if (host.bridge === undefined) {
    throw new UserError({
      where: host.name,
      message: `expected a bridge on the target, for the address of ${name}, got none`,
      remedy: 'Name it in the inventory (bridge: NAME).',
    });
  }
  const files = convertedFiles(target);
  const { nic, address, vcpus, memory } = facts;
  return {
    ...{ name, machine: 'pc', cpu, accelerator, vcpus, hugepages: false, pin: [] },
    // What the kernel tells leaves out what it has taken for itself.
    memory: Math.ceil(memory / (64 * MiB)) * 64 * MiB,
    disk: {
      ...({ format: 'raw', cache: 'none', aio: 'threads', iothread: false, queues: 1 } as const),
      path: files.disk,
    },
    network: { kind: 'bridge', bridge: host.bridge, address },
    ...{ mac: nic.mac.toLowerCase(), directory: files.run, consoleLog, environment },
  };
}

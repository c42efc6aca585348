import { posix } from 'node:path';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { ConversionTarget, SourceFacts } from '../conversion.ts';
import { machineAsGuest, networkOnTarget } from '../machine-as-guest.ts';

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
  const network = networkOnTarget(name, facts, target);
  const files = convertedFiles(target);
  const { disk, ...hardware } = machineAsGuest(name, facts, target);
  return {
    ...hardware,
    // What the kernel tells leaves out what it has taken for itself.
    memory: Math.ceil(facts.memory / (64 * MiB)) * 64 * MiB,
    disk: { ...disk, path: files.disk },
    ...{ network, directory: files.run, consoleLog, environment },
  };
}

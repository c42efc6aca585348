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

/** The files of the machine's disks in the folder of the target, in their order. */
export function convertedDisks(
  { directory }: Pick<ConversionTarget, 'directory'>,
  { disks }: Pick<SourceFacts, 'disks'>,
): [string, ...string[]] {
  const [, ...others] = disks;
  const more = others.map((_, index) => posix.join(directory, `disk-${index + 1}.raw`));
  return [posix.join(directory, 'disk.raw'), ...more];
}

/** Where other things lie there. */
export function convertedFiles({ directory }: Pick<ConversionTarget, 'directory'>) {
  return {
    run: posix.join(directory, 'run'),
    firmware: {
      code: posix.join(directory, 'firmware-code.fd'),
      variables: posix.join(directory, 'firmware-variables.fd'),
    },
  };
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
  const [first, ...more] = convertedDisks(target, facts);
  const { disk, ...hardware } = machineAsGuest(name, facts, target);
  return {
    ...hardware,
    // What the kernel tells leaves out what it has taken for itself.
    memory: Math.ceil(facts.memory / (64 * MiB)) * 64 * MiB,
    disk: { ...disk, path: first },
    ...(more.length > 0 && { moreDisks: more.map((path) => ({ ...disk, path })) }),
    ...(facts.firmware === 'uefi' && { firmware: files.firmware }),
    ...{ network, directory: files.run, consoleLog, environment },
  };
}

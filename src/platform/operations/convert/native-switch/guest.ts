import { posix } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import { diskDrive, qemuCommandLine, tapName } from '../../../hypervisor/qemu/command-line.ts';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { ConversionTarget, SourceFacts } from '../conversion.ts';
import { machineAsGuest, networkOnTarget } from '../machine-as-guest.ts';
import { guestFolder, orderedInitramfs, orderedKernel, type VmmGuest } from '../vmm-image/order.ts';

const MiB = 2 ** 20;

/** What a VMM needs for itself, in bytes: its kernel, its image in memory, QEMU, and what QEMU holds of the guest's kernel. */
const reserve = 384 * MiB;
const least = 128 * MiB;

/**
 * Memory of a guest on its own machine, in bytes: what the VMM leaves it, in whole MiB.
 * @throws UserError if too little is left
 */
export function guestMemory(memory: number, name: string): number {
  const left = Math.floor((memory - reserve - memory / 64) / MiB) * MiB;
  if (left >= least) return left;
  throw new UserError({
    where: name,
    message: `expected at least ${Math.ceil((reserve + least) / MiB / 0.98)} MiB of memory for a VMM and the machine as its guest, got ${Math.floor(memory / MiB)} MiB`,
    remedy: 'Convert it offline.',
  });
}

/** The machine as a guest at its two places; it sees the same hardware at both. */
export interface SwitchSpecs {
  source: GuestSpec;
  target: GuestSpec;
}

export interface SpecRequest {
  name: string;
  facts: SourceFacts;
  target: ConversionTarget;
  /** Carried by its process on the target, so that the ledger finds it. */
  environment: Readonly<Record<string, string>>;
  /** Files of the controller for what its console says. */
  consoleLogs: { source: string; target: string };
}

/** Where things lie in the folder of the target. */
export function targetFiles({ directory }: Pick<ConversionTarget, 'directory'>) {
  return {
    disk: posix.join(directory, 'disk.raw'),
    kernel: posix.join(directory, 'kernel'),
    initramfs: posix.join(directory, 'initramfs'),
    /** For sockets: their paths are short. */
    run: posix.join(directory, 'run'),
  };
}

/** @throws UserError if the machine cannot be a guest on its own hardware, or on the target */
export function switchSpecs({
  name,
  facts,
  target,
  environment,
  consoleLogs,
}: SpecRequest): SwitchSpecs {
  const network = networkOnTarget(name, facts, target);
  const files = targetFiles(target);
  // What is not in it costs time as well: each character of a console takes a guest out of its run.
  const { commandLine } = facts.kernel;
  const own = { commandLine, complete: true } as const;
  const { disk, ...hardware } = machineAsGuest(name, facts, target);
  const same = { ...hardware, memory: guestMemory(facts.memory, name) };
  return {
    source: {
      ...same,
      disk: { ...disk, path: facts.disks[0].path },
      kernel: { image: orderedKernel, initramfs: orderedInitramfs, ...own },
      network: { kind: 'bridge', bridge: 'br0', address: facts.address },
      directory: guestFolder,
      consoleLog: consoleLogs.source,
      environment: {},
    },
    target: {
      ...same,
      disk: { ...disk, path: files.disk },
      kernel: { image: files.kernel, initramfs: files.initramfs, ...own },
      network,
      directory: files.run,
      consoleLog: consoleLogs.target,
      environment,
    },
  };
}

/** Marks what the guest of a VMM writes on its disk, from its first instruction on. */
export const changesBitmap = 'virtgauge-changes';

/**
 * What the VMM runs: nobody is there to let its CPUs go.
 * @param files of the controller with the machine's own kernel and initramfs
 * @param marked whether what it writes on its disk is marked
 */
export function vmmGuest(
  spec: GuestSpec,
  files: Pick<VmmGuest, 'kernel' | 'initramfs'>,
  { marked = false }: { marked?: boolean } = {},
): VmmGuest {
  const [program, ...rest] = qemuCommandLine(spec);
  const { accelerator } = spec;
  if (accelerator !== 'kvm' && accelerator !== 'tcg') {
    throw new UserError({
      where: spec.name,
      message: `expected the accelerator kvm for a guest of a VMM, got ${accelerator}`,
    });
  }
  const same = { tap: tapName(spec.mac), accelerator, ...files };
  if (!marked) return { argv: [program, ...rest.filter((word) => word !== '-S')], ...same };
  // A monitor of its own lets it go: without the bitmap, too.
  const monitor = ['-chardev', 'stdio,id=first,signal=off', '-mon', 'chardev=first,mode=control'];
  const commands = [
    { execute: 'qmp_capabilities' },
    {
      execute: 'block-dirty-bitmap-add',
      arguments: { node: diskDrive, name: changesBitmap, granularity: 65_536 },
    },
    { execute: 'cont' },
  ];
  const input = commands.map((command) => `${JSON.stringify(command)}\n`).join('');
  return { argv: [program, ...rest, ...monitor], input, ...same };
}

import { UserError, type Problem } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/units.ts';

/**
 * What QEMU itself takes beside the memory of its machine, in bytes. TCG keeps up to 1 GiB of
 * translated code; 0.8 GiB were seen.
 */
export const overhead = { tcg: 2 ** 30, kvm: 2 ** 28 } as const;

/** What the disk of a machine may grow by before somebody has to look, in bytes. */
export const diskRoom = 2 ** 30;

/** More virtual CPUs than this for each of the machine's own, and nothing is in time any more. */
const mostPerCpu = 4;

/** What a machine has to give, and what a lab asks of it. */
export interface Budget {
  /** Bytes that can be had without swapping (MemAvailable). */
  memory: number;
  /** Bytes that are free where the disks will lie. */
  disk: number;
  cpus: number;
}

export interface Demand {
  accelerator: keyof typeof overhead;
  machines: readonly { memory: number; vcpus: number }[];
  /** Bytes of memory states that will be saved first, at most. */
  states: number;
  /** Where the disks will lie, for messages. */
  folder: string;
}

/**
 * Looks whether a machine can bear a lab, before anything is started.
 * @throws UserError with everything of which there is too little, in numbers
 */
export function checkBudget(has: Budget, { accelerator, machines, states, folder }: Demand): void {
  const count = machines.length;
  const memory = sum(machines.map((each) => each.memory + overhead[accelerator]));
  const vcpus = sum(machines.map((each) => each.vcpus));
  const disk = states + count * diskRoom;
  const problems: Problem[] = [];
  const machine = count === 1 ? 'machine' : 'machines';
  if (memory > has.memory) {
    problems.push({
      message: `memory: expected ${formatBytes(memory)} for ${count} ${machine}, ${formatBytes(has.memory)} are available`,
      remedy: 'Ask for fewer machines, or give them less by --memory.',
    });
  }
  if (vcpus > has.cpus * mostPerCpu) {
    problems.push({
      message: `CPUs: expected at most ${mostPerCpu} virtual CPUs for each of ${has.cpus}, ${count} ${machine} have ${vcpus}`,
      remedy: 'Ask for fewer machines.',
    });
  }
  if (disk > has.disk) {
    problems.push({
      where: folder,
      message: `disk: expected ${formatBytes(disk)} for ${count} ${machine}${states > 0 ? ' and what is saved of them' : ''}, ${formatBytes(has.disk)} are free`,
      remedy: 'Make room, or name another place in VIRTGAUGE_CACHE.',
    });
  }
  if (problems.length > 0) throw new UserError(problems);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/**
 * @param meminfo text of `/proc/meminfo`
 * @throws Error if it does not tell
 */
export function availableMemory(meminfo: string): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  if (kibibytes === undefined) throw new Error('/proc/meminfo does not tell what is available');
  return Number(kibibytes) * 1024;
}

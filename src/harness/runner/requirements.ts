import { existsSync, readFileSync } from 'node:fs';
import { UserError, type Problem } from '../../base/errors.ts';
import { formatBytes } from '../../base/units.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import { CommandError, type Shell } from '../../platform/remote/shell.ts';
import type { Levels } from '../scenario/levels.ts';
import { parseCpuList } from './guest-spec.ts';

/**
 * Looks whether this machine can bear what the arms ask for, before anything is made.
 * @throws UserError with everything that is missing
 */
export async function requireHost(shell: Shell, arms: readonly Levels[]): Promise<void> {
  const problems = [
    ...(await missingPrograms(shell, arms)),
    ...missingMemory(arms, readFileSync('/proc/meminfo', 'utf8')),
    ...missingBridges(arms),
    ...missingCpus(arms, readFileSync('/proc/cpuinfo', 'utf8')),
    ...missingKvm(arms),
  ];
  if (problems.length > 0) throw new UserError(problems);
}

async function missingPrograms(shell: Shell, arms: readonly Levels[]): Promise<Problem[]> {
  for (const name of new Set(arms.map(({ hypervisor }) => hypervisor))) {
    try {
      await hypervisorNamed(name).versions(shell);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return [
        {
          message: `expected ${error.argv[0]} on ${shell.host}, it cannot be run`,
          remedy:
            'On Debian or Ubuntu: sudo apt-get install --no-install-recommends qemu-system-x86 qemu-utils',
        },
      ];
    }
  }
  return [];
}

/** @param meminfo text of /proc/meminfo */
export function missingMemory(arms: readonly Levels[], meminfo: string): Problem[] {
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  const largest = (all: readonly Levels[]) =>
    Math.max(0, ...all.map(({ guests, memory }) => guests * memory));
  const problems: Problem[] = [];
  const total = field('MemTotal') * 1024;
  const plain = largest(arms.filter(({ hugepages }) => !hugepages));
  if (plain > total) {
    problems.push({
      message: `expected memory for all guests of a trial, ${formatBytes(plain)}; the machine has ${formatBytes(total)}`,
      remedy: 'Use fewer guests at once (guests), or smaller ones (memory).',
    });
  }
  const huge = largest(arms.filter(({ hugepages }) => hugepages));
  const free = field('HugePages_Free') * field('Hugepagesize') * 1024;
  if (huge > free) {
    problems.push({
      message: `hugepages: expected ${formatBytes(huge)} in free huge pages, found ${formatBytes(free)}`,
      remedy: `As root: sysctl vm.nr_hugepages=${String(Math.ceil(huge / (field('Hugepagesize') * 1024)))}`,
    });
  }
  return problems;
}

function missingBridges(arms: readonly Levels[]): Problem[] {
  const bridges = new Set(arms.flatMap(({ network }) => /^bridge:(.+)$/.exec(network)?.[1] ?? []));
  if (bridges.size === 0) return [];
  const problems: Problem[] = [];
  if (process.getuid?.() !== 0) {
    problems.push({
      message: 'network: a tap on a bridge needs root, this is an ordinary user',
      remedy: 'Run as root, or use network: user.',
    });
  }
  for (const bridge of bridges) {
    if (existsSync(`/sys/class/net/${bridge}/bridge`)) continue;
    problems.push({
      message: `network: expected a bridge called ${bridge}, found none`,
      remedy: `As root: ip link add ${bridge} type bridge && ip link set ${bridge} up`,
    });
  }
  return problems;
}

/** @param cpuinfo text of /proc/cpuinfo */
export function missingCpus(arms: readonly Pick<Levels, 'pin'>[], cpuinfo: string): Problem[] {
  const backwards = arms.find(({ pin }) => pin.split(',').some(isBackwards));
  if (backwards !== undefined) {
    return [
      {
        message: `pin: expected ranges from a lower to a higher CPU, got ${backwards.pin}`,
        remedy: 'Write 0-3, not 3-0.',
      },
    ];
  }
  const cpus = cpuinfo.match(/^processor\s*:/gm)?.length ?? 0;
  const wanted = arms.flatMap(({ pin }) => parseCpuList(pin)).filter((cpu) => cpu >= cpus);
  if (wanted.length === 0) return [];
  return [
    {
      message: `pin: expected CPUs below ${cpus}, got ${[...new Set(wanted)].join(', ')}`,
      remedy: 'Name CPUs that this machine has.',
    },
  ];
}

function isBackwards(range: string): boolean {
  const [first = 0, last = first] = range.split('-').map(Number);
  return last < first;
}

function missingKvm(arms: readonly Levels[]): Problem[] {
  if (!arms.some(({ accelerator }) => accelerator === 'kvm') || existsSync('/dev/kvm')) return [];
  return [
    {
      message: 'accelerator: expected /dev/kvm, found none',
      remedy: 'Load kvm-intel or kvm-amd, or use accelerator: auto.',
    },
  ];
}

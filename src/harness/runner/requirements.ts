import { UserError, type Problem } from '../../base/errors.ts';
import { formatBytes } from '../../base/units.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import { runs, type Host } from '../../platform/remote/host.ts';
import { CommandError } from '../../platform/remote/shell.ts';
import { isThisMachine } from '../../platform/remote/this-machine.ts';
import type { Levels } from '../scenario/levels.ts';
import { parseCpuList } from './guest-spec.ts';
import { missingFio } from './hosts/host-fio.ts';
import { networkOn } from './hosts/host-network.ts';
import { readHostTexts, type HostTexts } from './hosts/host-texts.ts';
import { missingBridge } from './hosts/missing-bridge.ts';
import { unsupportedMoves } from './hosts/unsupported-moves.ts';
import { hypervisorsOf } from './hypervisors-of.ts';
import { guestsOn } from './spread.ts';

export interface Requirements {
  arms: readonly Levels[];
  /** Whether guests get the kernel, and so its command line, from us; they do by default. */
  microGuest?: boolean;
  /** Whether fio runs on the hosts too; it does not by default. */
  hostFio?: boolean;
  /** Addresses that there are for guests; none by default. */
  addresses?: number;
  /** Whether guests move between hosts while they run; they do not by default. */
  moves?: boolean;
  /** Trials at once; 1 by default. */
  parallel?: number;
}

/**
 * Looks whether the hosts can bear what the arms ask for, before anything is made.
 * @returns what each host says of itself, by its name
 * @throws UserError with everything that is missing, on any of them
 */
export async function requireHosts(
  hosts: readonly Host[],
  wanted: Requirements,
): Promise<Map<string, HostTexts>> {
  const read = await Promise.all(
    hosts.map(async (host) => ({ host, texts: await readHostTexts(host.shell) })),
  );
  const looks = await Promise.all(
    read.map(async ({ host, texts }) => {
      const together = read.filter((other) => other.texts.boot === texts.boot).length;
      const arms = wanted.arms.filter(({ hypervisor }) => runs(host, hypervisor));
      const problems = await missingOn(host, texts, together, { ...wanted, arms });
      const where = host.name === 'localhost' ? {} : { where: host.name };
      return { host, texts, problems: problems.map((problem) => ({ ...where, ...problem })) };
    }),
  );
  // This machine under several names lacks the same under each.
  const told = looks.filter(
    ({ host }, index) =>
      !isThisMachine(host) || index === looks.findIndex((other) => isThisMachine(other.host)),
  );
  const problems = [...told.flatMap((look) => look.problems), ...missingAddresses(hosts, wanted)];
  if (problems.length > 0) throw new UserError(problems);
  return new Map(looks.map(({ host, texts }) => [host.name, texts]));
}

/** @param together hosts that are really one machine with this one, itself included */
async function missingOn(
  host: Host,
  texts: HostTexts,
  together: number,
  wanted: Requirements,
): Promise<Problem[]> {
  const { arms } = wanted;
  return [
    ...(await missingPrograms(host, wanted)),
    ...(wanted.hostFio === true ? await missingFio(host.shell) : []),
    ...missingMemory(arms.filter(ofThisKernel), texts.meminfo, together),
    ...(await missingBridges(host, texts, wanted)),
    ...missingCpus(arms.filter(ofThisKernel), texts.cpuinfo),
    ...missingKvm(arms, texts),
  ];
}

async function missingPrograms(host: Host, { arms, moves }: Requirements): Promise<Problem[]> {
  const { shell } = host;
  for (const name of hypervisorsOf(arms)) {
    try {
      await hypervisorNamed(name).versions(shell);
    } catch (error) {
      if (error instanceof UserError) return [...error.problems];
      if (!(error instanceof CommandError)) throw error;
      return [
        {
          message: `expected ${error.argv[0]} on ${shell.host}, it cannot be run`,
          remedy: `On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packagesOf[name]}`,
        },
      ];
    }
  }
  return moves === true ? unsupportedMoves(host, arms) : [];
}

/** Whether its guests have memory of the kernel that we ask: Xen's have the hypervisor's. */
const ofThisKernel = ({ hypervisor }: Levels) => hypervisor !== 'xen';

const packagesOf = {
  qemu: 'qemu-system-x86 qemu-utils',
  libvirt: 'qemu-system-x86 qemu-utils libvirt-daemon-system libvirt-clients',
  xen: 'xen-system-amd64 qemu-utils',
} as const satisfies Record<Levels['hypervisor'], string>;

/**
 * @param meminfo text of /proc/meminfo
 * @param together hosts of the run that have this memory together
 */
export function missingMemory(arms: readonly Levels[], meminfo: string, together = 1): Problem[] {
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  const largest = (all: readonly Levels[]) =>
    Math.max(0, ...all.map((levels) => guestsOn(together, levels) * levels.memory));
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

async function missingBridges(
  host: Host,
  { uid }: HostTexts,
  { arms, microGuest = true, addresses = 0 }: Requirements,
): Promise<Problem[]> {
  const networks = arms.map((levels) => networkOn(host, levels));
  const bridges = new Set(networks.flatMap((each) => (each.kind === 'bridge' ? each.bridge : [])));
  const problems: Problem[] = [];
  const connectedByUser = arms.filter((_, index) => networks[index]?.kind === 'user');
  if (isThisMachine(host) && connectedByUser.some(({ hypervisor }) => hypervisor === 'xen')) {
    problems.push({
      message: 'network: expected a bridge for guests of Xen, which has no user networking',
      remedy: 'Name a bridge: fixed: { network: bridge:NAME }, or in the inventory.',
    });
  }
  if (!isThisMachine(host)) {
    if (connectedByUser.length > 0) {
      problems.push({
        message:
          'network: expected a bridge for guests; in user networking only their own host reaches them',
        remedy:
          'Name a bridge of the host in the inventory (bridge), and addresses for guests (guests.addresses).',
      });
    }
    if (bridges.size > 0 && addresses === 0) {
      problems.push({
        message: 'network: expected addresses for guests on a bridge, the inventory has none',
        remedy: 'Add to the inventory: guests: { addresses: 10.77.0.64-10.77.0.191/24 }',
      });
    }
    if (bridges.size > 0 && !microGuest) {
      problems.push({
        message:
          'guest.image: expected micro; a cloud image cannot be given an address on a bridge',
        remedy: 'Use guest.image: micro, or guests on this machine.',
      });
    }
  }
  if (bridges.size > 0 && uid !== 0) {
    problems.push({
      message: 'network: a tap on a bridge needs root, this is an ordinary user',
      remedy: 'Run as root, or use network: user.',
    });
  }
  for (const bridge of bridges) {
    const problem = await missingBridge(host.shell, bridge);
    if (problem) problems.push({ ...problem, message: `network: ${problem.message}` });
  }
  return problems;
}

function missingAddresses(
  hosts: readonly Host[],
  { arms, addresses = 0, parallel = 1 }: Requirements,
): Problem[] {
  const bridged = arms.filter((levels) =>
    hosts.some((host) => networkOn(host, levels).kind === 'bridge'),
  );
  const most = Math.max(0, ...bridged.map(({ guests }) => guests)) * parallel;
  if (addresses === 0 || most <= addresses) return [];
  return [
    {
      message: `guests.addresses: expected an address for each of ${most} guests, the inventory has ${addresses}`,
      remedy: 'Widen the range, or use fewer guests (guests) or trials (--parallel) at once.',
    },
  ];
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

function missingKvm(arms: readonly Levels[], { kvmRefusal }: HostTexts): Problem[] {
  if (!arms.some(({ accelerator }) => accelerator === 'kvm') || kvmRefusal === '') return [];
  return [
    {
      message: `accelerator: expected a /dev/kvm that opens: ${kvmRefusal}`,
      remedy: 'Load kvm-intel or kvm-amd, or use accelerator: auto.',
    },
  ];
}

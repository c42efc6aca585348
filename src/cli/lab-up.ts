import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseRate } from '../base/bit-rate.ts';
import { UserError } from '../base/errors.ts';
import { formatBytes, parseBytes } from '../base/units.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import {
  diskCaches,
  labUp,
  machinesUp,
  nestingRefusal,
  parseMachines,
  type DiskCache,
  type Lab,
} from '../platform/lab/index.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { exitCodes } from './exit-codes.ts';
import { untilInterrupted } from './interruption.ts';
import { probeThisMachine } from './probe-accelerator.ts';

type Shared = 'directory' | 'moosefs' | 'nfs';

interface UpOptions {
  namespaces?: number;
  machines?: string;
  name: string;
  shared?: Shared;
  libvirt?: boolean;
  linkRate?: number;
  diskRate?: number;
  memory?: number;
  diskCache?: DiskCache;
  fresh?: boolean;
  json: boolean;
}

const onlyNamespaces = ['libvirt', 'diskRate'];
const onlyMachines = ['memory', 'diskCache', 'fresh'];

/** `virtgauge lab up` */
export function addLabUp(lab: Command): void {
  const namespaces = new Option('--namespaces <n>', 'how many hosts that share this kernel');
  const machines = new Option(
    '--machines <kinds>',
    'whole machines by kind: kvm, xen, plain; such as xen:2 or kvm:1,xen:1',
  );
  const cache = new Option('--disk-cache <mode>', "how QEMU caches machines' disks");
  lab
    .command('up')
    .description('make hosts with sshd and disks: namespaces of this machine, or machines on it')
    .addOption(namespaces.argParser(count).conflicts(['machines', ...onlyMachines]))
    .addOption(machines.conflicts(onlyNamespaces))
    .option('--name <name>', 'name of the lab', 'lab')
    .option('--shared <kind>', 'what all see: directory or moosefs, of machines nfs', sharedKind)
    .option('--link-rate <rate>', "cap of each host's wire, such as 1Gbit or 100MiB", rate)
    .option('--libvirt', 'a libvirtd on each namespace')
    .option('--disk-rate <rate>', "cap of each namespace's disk, such as 100MiB", rate)
    .option('--memory <bytes>', 'of each machine, such as 2GiB', bytes)
    .addOption(cache.choices(diskCaches))
    .option('--fresh', 'boot machines that were saved before')
    .option('--json', 'print the lab as JSON', false)
    .action(up);
}

async function up({ json, ...options }: UpOptions): Promise<void> {
  const begun = performance.now();
  process.exitCode = await untilInterrupted(async (signal) => {
    const { inventoryPath, hosts } = await make(options, signal);
    const seconds = (performance.now() - begun) / 1000;
    if (json) {
      console.log(JSON.stringify({ name: options.name, inventory: inventoryPath, seconds, hosts }));
      return exitCodes.good;
    }
    const listed = hosts.map(({ name, address }) => `${name} ${address}`).join(', ');
    console.log(`${hosts.length} hosts in ${seconds.toFixed(1)} s: ${listed}`);
    console.log(`inventory  ${inventoryPath}`);
    const choice = options.name === 'lab' ? 'lab' : `lab:${options.name}`;
    console.log(`next       virtgauge run SCENARIO --hosts ${choice}`);
    console.log(`remove     virtgauge lab down ${options.name}`);
    return exitCodes.good;
  }, 'everything of the lab is removed');
}

async function make(
  {
    namespaces,
    machines,
    shared,
    libvirt,
    diskRate,
    memory,
    diskCache,
    fresh,
    ...both
  }: Omit<UpOptions, 'json'>,
  signal: AbortSignal,
): Promise<Lab> {
  const place = {
    ...both,
    ...{ stateDirectory: stateDirectory(), cache: cacheDirectory(process.env), signal },
  };
  if (machines !== undefined) {
    const kinds = parseMachines(machines);
    return machinesUp({
      ...{ ...place, machines: kinds, memory, diskCache, fresh },
      shared: shared === undefined ? undefined : only(['nfs'], shared, '--machines'),
      accelerator: await outerAccelerator(),
      progress: (text) => console.error(text),
    });
  }
  if (namespaces === undefined) {
    throw new UserError({
      message: 'lab up: expected --namespaces or --machines, got neither',
      remedy: 'virtgauge lab up --namespaces 3, or virtgauge lab up --machines xen:2',
    });
  }
  const kind = shared && only(['directory', 'moosefs'], shared, '--namespaces');
  return labUp({ ...place, namespaces, libvirt, diskRate, shared: kind });
}

/** Machines run guests: without nesting, or where it is slow, they are emulated. */
async function outerAccelerator(): Promise<'kvm' | 'tcg'> {
  if (nestingRefusal() !== undefined) return 'tcg';
  return (await probeThisMachine('lab')).chosen === 'kvm' ? 'kvm' : 'tcg';
}

function only<Kind extends Shared>(kinds: readonly Kind[], shared: Shared, option: string): Kind {
  const kind = kinds.find((each) => each === shared);
  if (kind !== undefined) return kind;
  throw new UserError({
    message: `--shared: expected ${kinds.join(' or ')} with ${option}, got ${shared}`,
  });
}

function count(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of hosts.');
}

function sharedKind(text: string): string {
  if (['directory', 'moosefs', 'nfs'].includes(text)) return text;
  throw new InvalidArgumentError('Expected directory, moosefs or nfs.');
}

function rate(text: string): number {
  const bytes = parseRate(text);
  if (bytes !== undefined && bytes >= 1000) return bytes;
  throw new InvalidArgumentError('Expected a rate such as 1Gbit or 100MiB.');
}

function bytes(text: string): number {
  const size = parseBytes(text);
  if (size !== undefined && Number.isSafeInteger(size)) return size;
  throw new InvalidArgumentError(`Expected a size such as ${formatBytes(2 ** 31)}.`);
}

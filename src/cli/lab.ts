import { InvalidArgumentError, type Command } from 'commander';
import { formatBytes } from '../base/units.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import {
  formatBitRate,
  labDown,
  labNames,
  labUp,
  parseRate,
  readLab,
  type LabRecord,
} from '../platform/lab/index.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { exitCodes } from './exit-codes.ts';
import { untilInterrupted } from './interruption.ts';

interface UpOptions {
  namespaces: number;
  name: string;
  shared?: 'directory' | 'moosefs';
  libvirt: boolean;
  linkRate?: number;
  diskRate?: number;
  json: boolean;
}

/** `virtgauge lab up|down|list` */
export function addLab(program: Command): void {
  const lab = program.command('lab').description('hosts that are made of this machine (root)');
  lab
    .command('up')
    .description('make hosts, each in namespaces of its own, with sshd and a disk folder')
    .requiredOption('--namespaces <n>', 'how many hosts', count)
    .option('--name <name>', 'name of the lab', 'lab')
    .option('--shared <kind>', 'a file system that all see: directory or moosefs', sharedKind)
    .option('--libvirt', 'a libvirtd on each host', false)
    .option('--link-rate <rate>', "cap of each host's wire, such as 1Gbit or 100MiB", rate)
    .option('--disk-rate <rate>', "cap of each host's disk, such as 100MiB", rate)
    .option('--json', 'print the lab as JSON', false)
    .action(up);
  lab
    .command('down')
    .description('remove a lab with all that runs in it')
    .argument('[name]', 'name of the lab; not needed where there is only one')
    .action(down);
  lab
    .command('list')
    .description('show the labs of this machine')
    .option('--json', 'print them as JSON', false)
    .action(list);
}

async function up({ json, ...options }: UpOptions): Promise<void> {
  const begun = performance.now();
  process.exitCode = await untilInterrupted(async (signal) => {
    const { inventoryPath, hosts } = await labUp({
      ...options,
      ...{ stateDirectory: stateDirectory(), cache: cacheDirectory(process.env), signal },
    });
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

async function down(name: string | undefined): Promise<void> {
  const [only, ...others] = labNames(stateDirectory());
  const chosen = name ?? (others.length === 0 && only !== undefined ? only : 'lab');
  await labDown({ stateDirectory: stateDirectory(), name: chosen });
  console.log(`lab ${chosen} is gone`);
}

function list({ json }: { json: boolean }): void {
  const labs = labNames(stateDirectory()).map((name) => ({
    name,
    lab: readLab(stateDirectory(), name),
  }));
  if (json) {
    console.log(JSON.stringify(labs));
    return;
  }
  if (labs.length === 0) console.log('no labs; make one: virtgauge lab up --namespaces 3');
  for (const { name, lab } of labs) console.log(lab ? describe(lab) : `${name}  (half made)`);
}

function describe(lab: LabRecord): string {
  const facts = [
    `${lab.hosts.length} hosts at ${lab.hosts.map(({ address }) => address).join(', ')}`,
    ...(lab.shared ? [`shared ${lab.shared}`] : []),
    ...(lab.kind === 'namespaces' && lab.libvirt ? ['libvirt'] : []),
    ...(lab.linkRate === undefined ? [] : [`wires capped at ${formatBitRate(lab.linkRate)}`]),
    ...(lab.kind === 'namespaces' && lab.diskRate !== undefined
      ? [`disks capped at ${formatBytes(lab.diskRate)}/s`]
      : []),
    `files in ${lab.folder}`,
  ];
  return `${lab.name}  ${facts.join('; ')}`;
}

function count(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of hosts.');
}

function sharedKind(text: string): string {
  if (text === 'directory' || text === 'moosefs') return text;
  throw new InvalidArgumentError('Expected directory or moosefs.');
}

function rate(text: string): number {
  const bytes = parseRate(text);
  if (bytes !== undefined && bytes >= 1000) return bytes;
  throw new InvalidArgumentError('Expected a rate such as 1Gbit or 100MiB.');
}

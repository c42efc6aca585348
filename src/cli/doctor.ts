import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../base/errors.ts';
import { formatBytes } from '../base/units.ts';
import { localMachine } from '../harness/results/environment.ts';
import { programVersions } from '../harness/results/program-versions.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { microImage } from '../platform/guest/image/index.ts';
import { describeProbe } from '../platform/hypervisor/accelerator.ts';
import { describeForm } from '../platform/hypervisor/qemu/state/form.ts';
import { localShell } from '../platform/remote/local.ts';
import { inspectDirectory } from '../platform/storage/inspect.ts';
import { exitCodes } from './exit-codes.ts';
import { untilInterrupted } from './interruption.ts';
import { probeThisMachine } from './probe-accelerator.ts';

/** What it is for, and where it comes from, of programs that only some scenarios need. */
const optionalPrograms = {
  zstd: {
    argv: ['zstd', '--version'],
    need: 'kernels whose modules are compressed',
    from: 'apt-get install zstd',
  },
  lz4: {
    argv: ['lz4', '--version'],
    need: 'shorter outages of p2v, whose systems start sooner',
    from: 'apt-get install lz4',
  },
  xorriso: {
    argv: ['xorriso', '--version'],
    need: 'cloud images',
    from: 'apt-get install xorriso',
  },
  fio: {
    argv: ['fio', '--version'],
    need: 'the same I/O on the host as in guests',
    from: 'apt-get install fio',
  },
  lfs: {
    argv: ['lfs', '--version'],
    need: 'storages of kind lustre',
    from: "the site's Lustre client",
  },
} as const;

interface Row {
  topic: string;
  lines: string[];
  ready: boolean;
}

interface DoctorOptions {
  json: boolean;
  hosts?: string;
  acceptNewKeys: boolean;
}

/** `virtgauge doctor` */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what this machine, or hosts, can measure, and what is missing')
    .option(
      '--hosts <inventory>',
      'look at hosts: file of an inventory, lab, lab:NAME, slurm, or slurm:FILE',
    )
    .option('--accept-new-keys', 'enter host keys that are not known in known_hosts', false)
    .option('--json', 'print it as JSON', false)
    .action(async ({ json, hosts, acceptNewKeys }: DoctorOptions) => {
      if (hosts !== undefined) {
        const { doctorHosts } = await import('./doctor-hosts/index.ts');
        process.exitCode = await untilInterrupted(
          (signal) => doctorHosts({ hosts, acceptNewKeys, json }, signal),
          'nothing is left on the hosts',
        );
        return;
      }
      if (acceptNewKeys) {
        throw new UserError({ message: '--accept-new-keys: expected --hosts beside it' });
      }
      const rows: Row[] = [];
      for (const examine of [machine, programs, image, accelerators, storage, optional]) {
        const row = await examine();
        rows.push(row);
        if (!json) printRow(row);
      }
      const ready = rows.every((row) => row.ready);
      if (json) console.log(JSON.stringify({ ready, rows }, null, 2));
      else console.log(ready ? readyText() : 'Not ready: see above.');
      if (!ready) process.exitCode = exitCodes.cannotStart;
    });
}

function machine(): Row {
  const { cpu, cpus, memory, distribution, kernel } = localMachine();
  const line = `${cpus} × ${cpu}, ${formatBytes(memory)}, ${distribution}, kernel ${kernel}`;
  return { topic: 'machine', lines: [line, `node ${process.versions.node}`], ready: true };
}

async function programs(): Promise<Row> {
  const needed = {
    qemu: ['qemu-system-x86_64', '--version'],
    'qemu-img': ['qemu-img', '--version'],
    gcc: ['gcc', '--version'],
    cpio: ['cpio', '--version'],
    mke2fs: ['/sbin/mke2fs', '-V'],
  } as const;
  const found = await programVersions(localShell, needed);
  const lines = Object.keys(needed).map((name) =>
    found[name] === undefined
      ? `${name}  missing: run "node scripts/setup.mjs"`
      : `${name} ${found[name]}`,
  );
  const { qemu } = found;
  return {
    topic: 'programs',
    lines: [...lines, ...(qemu === undefined ? [] : [`saved states: ${describeForm(qemu)}`])],
    ready: Object.keys(found).length === Object.keys(needed).length,
  };
}

async function image(): Promise<Row> {
  return attempt('guest image', async () => {
    const { versions, disk } = await microImage(localShell, cacheDirectory(process.env));
    const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return [parts.join(', '), `in ${disk.path.replace(/\/[^/]+$/, '')}`];
  });
}

async function accelerators(): Promise<Row> {
  return attempt('accelerators', async () => {
    const { chosen, probes } = await probeThisMachine('doctor');
    return probes.map((probe) => {
      const verdict = probe.name === chosen ? 'chosen' : 'not used';
      return `${probe.name.padEnd(4)} ${describeProbe(probe)}   ${verdict}`;
    });
  });
}

async function storage(): Promise<Row> {
  return attempt('storage', async () => {
    const folder = join(cacheDirectory(process.env), 'storage');
    mkdirSync(folder, { recursive: true });
    const { filesystem, free, directIo, reflink } = await inspectDirectory(localShell, folder);
    const facts = [
      `${formatBytes(free)} free`,
      directIo ? 'O_DIRECT' : 'no O_DIRECT (cache: none will fail)',
      `reflink: ${reflink ? 'yes' : 'no'}`,
    ];
    return [`${filesystem}  ${folder}  ${facts.join(', ')}`];
  });
}

async function optional(): Promise<Row> {
  const argvs = Object.fromEntries(
    Object.entries(optionalPrograms).map(([name, { argv }]) => [name, argv]),
  );
  const found = await programVersions(localShell, argvs);
  const lines = Object.entries(optionalPrograms).map(([name, { need, from }]) =>
    found[name] === undefined
      ? `${name}  not installed, needed for ${need}: ${from}`
      : `${name} ${found[name]}`,
  );
  return { topic: 'optional', lines, ready: true };
}

async function attempt(topic: string, examine: () => Promise<string[]>): Promise<Row> {
  try {
    return { topic, lines: await examine(), ready: true };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { topic, lines: error.message.split('\n'), ready: false };
  }
}

function printRow({ topic, lines }: Row): void {
  lines.forEach((line, index) => console.log(`${(index === 0 ? topic : '').padEnd(14)}${line}`));
}

function readyText(): string {
  const root = process.getuid?.() === 0;
  return [
    'Ready for: creation, guest-io, hotplug, migration between two folders (this machine).',
    'Without guests: manager, wire, simulation.',
    ...(root ? [] : ['Root would add: network bridge:NAME, hosts made of it (virtgauge lab up).']),
  ].join(' ');
}

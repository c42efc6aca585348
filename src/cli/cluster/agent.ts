import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import { namePattern } from '../../base/name.ts';
import type { AgentStorage } from '../../manager/agent/guests/ground.ts';
import type { LocalHypervisorName } from '../../manager/agent/guests/hypervisors/index.ts';
import type { AcceleratorChoice, OpenRunner } from '../../manager/agent/guests/open.ts';
import type { RunnerContext } from '../../manager/agent/serve.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatAddress, parseAddress, type Address } from './address.ts';
import { bytes, count } from './amounts.ts';
import { memberFolder, withFolder } from './folders.ts';
import { untilEnded } from './until-ended.ts';

interface AgentOptions {
  folder?: string;
  listen: Address;
  advertise?: string;
  cpus?: number;
  memory?: number;
  disk?: number;
  hypervisor: LocalHypervisorName | 'simulated';
  storage: Record<string, string>;
  bridge?: string;
  accelerator: AcceleratorChoice;
  cpuModel: string;
  images?: string;
  bootTimeout: number;
  heartbeat: number;
  watchdog?: string;
  lease: number;
}

/** `virtgauge cluster agent|clean` */
export function addAgent(cluster: Command): void {
  withFolder(cluster.command('agent'), 'agent')
    .description('run the agent of this host, until it is interrupted; guests go on without it')
    .option('--listen <host:port>', 'where the master reaches it', parseAddress, {
      host: '127.0.0.1',
      port: 7471,
    })
    .option('--advertise <host>', 'under which name or address, if not the one it listens on')
    .option('--cpus <n>', 'vCPUs that guests may take (default: its CPUs)', count)
    .option('--memory <bytes>', 'memory that guests may take (default: all of it)', bytes)
    .option('--disk <bytes>', 'disk that guests may take (default: what is free below /)', bytes)
    .addOption(
      new Option('--hypervisor <name>', 'simulated: guests that are only names')
        .choices(['qemu', 'libvirt', 'xen', 'simulated'])
        .default('qemu'),
    )
    .option(
      '--storage <name=path>',
      'directory for disks of guests; may be given several times (default: one in its folder)',
      addStorage,
      {},
    )
    .option(
      '--bridge <name>',
      'of this host, for guests (default: user networking of QEMU; xen needs one)',
    )
    .addOption(
      new Option('--accelerator <name>', 'auto: the one that boots a guest faster; of xen xen-pvh')
        .choices(['auto', 'kvm', 'tcg', 'xen-pvh', 'xen-pv'])
        .default('auto'),
    )
    .option('--cpu-model <name>', 'that guests see; the same on all hosts', 'qemu64')
    .option('--images <folder>', 'with cloud images, for guests other than micro')
    .option('--boot-timeout <seconds>', 'for a guest to answer', seconds, 120)
    .option('--heartbeat <seconds>', 'between two heartbeats', seconds, 1)
    .option(
      '--watchdog <device>',
      'resets this host if the agent is gone or its guests do not end: the master takes the host as fenced when its lease has ended',
    )
    .option(
      '--lease <seconds>',
      'with --watchdog: after so long without an answer of the master guests are ended',
      seconds,
      15,
    )
    .action(runAgent);

  withFolder(cluster.command('clean'), 'agent')
    .description('end all guests of this host and remove their disks; its agent must not run')
    .option('--json', 'print what was removed as JSON', false)
    .action(
      async ({ folder = memberFolder('agent'), json }: { folder?: string; json: boolean }) => {
        const { cleanGuests } = await import('../../manager/agent/guests/clean.ts');
        const removed = await cleanGuests(folder);
        const text = removed.length === 0 ? 'no guests' : `removed: ${removed.join(', ')}`;
        console.log(json ? JSON.stringify({ removed }) : text);
      },
    );
}

async function runAgent(options: AgentOptions): Promise<void> {
  const { listen, advertise = listen.host, folder = memberFolder('agent') } = options;
  if (advertise === '0.0.0.0' || advertise === '::') {
    throw new UserError({
      message: `expected --advertise HOST beside --listen ${formatAddress(listen)}: the master has to know where`,
    });
  }
  const { serveAgent, shortestLease } = await import('../../manager/agent/serve.ts');
  const { bavail, bsize } = statfsSync('/');
  const { cpus = availableParallelism(), memory = totalmem(), disk = bavail * bsize } = options;
  const { hypervisor, bridge, images, ...rest } = options;
  if (options.lease < shortestLease) {
    throw new UserError({
      message: `expected --lease of at least ${shortestLease} s, got ${options.lease} s`,
    });
  }
  const storages = hypervisor === 'simulated' ? [] : await storagesOf(options, folder);
  const lease = await leaseOf(options);
  await untilEnded((signal) =>
    serveAgent({
      ...{ folder, ...listen, signal, room: { cpu: cpus, memory, disk } },
      advertise: advertise.includes(':') ? `[${advertise}]` : advertise,
      interval: options.heartbeat,
      lease,
      storages: storages.map(({ name, id }) => ({ name, id })),
      runner: (context) =>
        hypervisor === 'simulated'
          ? simulated(context, listen.host)
          : open({ bridge, images, ...rest, folder, advertise, storages, hypervisor, ...context }),
      onReady: (port) => console.log(`agent answers at ${formatAddress({ ...listen, port })}`),
      onTrouble: (text) => console.error(`the master: ${text}`),
    }),
  );
  // Guests that go on are still connected: without this we would wait for their end.
  process.exit(exitCodes.good);
}

async function simulated({ guests }: RunnerContext, address: string) {
  const { SimulatedRunner } = await import('../../manager/agent/simulated/simulated-runner.ts');
  return new SimulatedRunner({ guests, address });
}

async function storagesOf({ storage }: AgentOptions, folder: string): Promise<AgentStorage[]> {
  const { identifyStorage } = await import('../../manager/agent/guests/ground.ts');
  const named = Object.entries(storage);
  const all = named.length > 0 ? named : [['local', join(folder, 'disks')] as const];
  return all.map(([name, path]) => identifyStorage(name, path));
}

/** @throws UserError if there is no such watchdog */
async function leaseOf({ watchdog: path, lease: length, hypervisor }: AgentOptions) {
  if (path === undefined) return undefined;
  if (hypervisor === 'simulated') {
    throw new UserError({ message: '--watchdog: guests that are only names hold no lease' });
  }
  const { watchdogAt } = await import('../../platform/power/watchdog.ts');
  return { length, watchdog: watchdogAt(path) };
}

async function open(options: OpenRunner) {
  const { openRunner } = await import('../../manager/agent/guests/open.ts');
  return openRunner(options);
}

function addStorage(text: string, before: Record<string, string>): Record<string, string> {
  const [, name = '', path = ''] = /^([^=]+)=(\/.*)$/.exec(text) ?? [];
  if (!namePattern.test(name)) {
    throw new InvalidArgumentError('Expected NAME=PATH, such as shared=/mnt/shared.');
  }
  return { ...before, [name]: path };
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('Expected seconds, such as 60.');
}

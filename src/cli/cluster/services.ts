import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { Interrupted } from '../interruption.ts';
import { formatAddress, parseAddress, type Address } from './address.ts';
import { bytes, count } from './amounts.ts';
import { memberFolder, withFolder } from './folders.ts';

/** `virtgauge cluster master|agent` */
export function addServices(cluster: Command): void {
  withFolder(cluster.command('master'), 'master')
    .description('run the master of a cluster, until it is interrupted')
    .option('--listen <host:port>', 'default: where the cluster reaches it', parseAddress)
    .option('--dashboard <host:port>', 'show the cluster to browsers there', parseAddress)
    .action(async ({ folder = memberFolder('master'), listen, dashboard }: MasterOptions) => {
      const { MemberFolder } = await import('../../manager/member/folder.ts');
      const { serveMaster } = await import('../../manager/master/serve.ts');
      const { host, port } =
        listen ?? parseAddress(new MemberFolder(folder).membership().master.address);
      await untilEnded((signal) =>
        serveMaster({
          ...{ folder, host, port, signal, dashboard },
          onReady: (open, url) => {
            console.log(`master answers at ${formatAddress({ host, port: open })}`);
            if (url === undefined) return;
            console.log(`dashboard at ${url} (its token: ${join(folder, 'dashboard-token')})`);
          },
        }),
      );
    });

  withFolder(cluster.command('agent'), 'agent')
    .description('run the agent of this host, until it is interrupted')
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
        .choices(['simulated'])
        .makeOptionMandatory(),
    )
    .action(async (options: AgentOptions) => {
      const { listen, advertise = listen.host, folder = memberFolder('agent') } = options;
      if (advertise === '0.0.0.0' || advertise === '::') {
        throw new UserError({
          message: `expected --advertise HOST beside --listen ${formatAddress(listen)}: the master has to know where`,
        });
      }
      const { serveAgent } = await import('../../manager/agent/serve.ts');
      const { SimulatedRunner } = await import('../../manager/agent/simulated-runner.ts');
      const { bavail, bsize } = statfsSync('/');
      const { cpus = availableParallelism(), memory = totalmem(), disk = bavail * bsize } = options;
      await untilEnded((signal) =>
        serveAgent({
          ...{ folder, ...listen, signal, room: { cpu: cpus, memory, disk } },
          advertise: advertise.includes(':') ? `[${advertise}]` : advertise,
          runner: (guests) => new SimulatedRunner({ guests, address: listen.host }),
          onReady: (port) => console.log(`agent answers at ${formatAddress({ ...listen, port })}`),
          onTrouble: (text) => console.error(`the master: ${text}`),
        }),
      );
    });
}

interface MasterOptions {
  folder?: string;
  listen?: Address;
  dashboard?: Address;
}

interface AgentOptions {
  folder?: string;
  listen: Address;
  advertise?: string;
  cpus?: number;
  memory?: number;
  disk?: number;
}

/** Runs something that SIGINT and SIGTERM end in order: that is how it is meant to end. */
async function untilEnded(serve: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort(new Interrupted());
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    await serve(stop.signal);
    process.exitCode = exitCodes.good;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import type { ServeMaster } from '../../manager/master/serve.ts';
import { formatAddress, parseAddress, type Address } from './address.ts';
import { memberFolder, withFolder } from './folders.ts';
import { untilEnded } from './until-ended.ts';

/** `virtgauge cluster master` */
export function addServices(cluster: Command): void {
  withFolder(cluster.command('master'), 'master')
    .description('run the master of a cluster, until it is interrupted')
    .option('--listen <host:port>', 'default: where the cluster reaches it', parseAddress)
    .option('--dashboard <host:port>', 'show the cluster to browsers there', parseAddress)
    .option('--etcd <urls>', 'share the state with other masters; commas between', etcdUrls)
    .option('--hosts <inventory>', 'how silent hosts are fenced; without it their guests wait')
    .option('--suspect-after <seconds>', 'of silence', seconds, 5)
    .option('--fence-after <seconds>', 'of suspicion', seconds, 5)
    .action(async (options: MasterOptions) => {
      const { folder = memberFolder('master'), listen, dashboard, hosts, etcd } = options;
      const { suspectAfter, fenceAfter } = options;
      // Until then an agent that is cut off may start what it was told to.
      if (hosts !== undefined && suspectAfter + fenceAfter < 6) {
        throw new UserError({
          message: `expected 6 s at least from silence to fencing, got ${suspectAfter + fenceAfter} s`,
          remedy: 'Raise --suspect-after or --fence-after.',
        });
      }
      const { loadInventory } = await import('../../platform/remote/inventory/load.ts');
      const { MemberFolder } = await import('../../manager/member/folder.ts');
      const { serveMaster } = await import('../../manager/master/serve.ts');
      const { serveSharedMaster } = await import('../../manager/master/serve-shared.ts');
      const { host, port } = listen ?? onlyAddress(new MemberFolder(folder).membership().master);
      await untilEnded((signal) => {
        const master: ServeMaster = {
          ...{ folder, host, port, signal, dashboard },
          hosts: hosts === undefined ? undefined : loadInventory(hosts).hosts,
          heartbeats: { interval: 1, missed: suspectAfter, grace: fenceAfter },
          onReady: (open, url) => {
            console.log(`master answers at ${formatAddress({ host, port: open })}`);
            if (url === undefined) return;
            console.log(`dashboard at ${url} (its token: ${join(folder, 'dashboard-token')})`);
          },
          onTrouble: (text) => console.error(`master: ${text}`),
        };
        return etcd === undefined ? serveMaster(master) : serveSharedMaster({ ...master, etcd });
      });
    });
}

interface MasterOptions {
  folder?: string;
  listen?: Address;
  dashboard?: Address;
  etcd?: string[];
  hosts?: string;
  suspectAfter: number;
  fenceAfter: number;
}

/** Where to listen, if nobody says so and there is one place only. */
function onlyAddress({ address }: { readonly address: string }): Address {
  if (!address.includes(',')) return parseAddress(address);
  throw new UserError({
    message: `expected --listen HOST:PORT: the masters of this cluster are at ${address}`,
    remedy: 'Name the one of them that this master is.',
  });
}

function etcdUrls(text: string): string[] {
  const urls = text.split(',').map((url) => url.replace(/\/$/, ''));
  if (urls.every((url) => /^https?:\/\/[^\s/]+$/.test(url))) return urls;
  throw new InvalidArgumentError('Expected URLs such as http://192.0.2.1:2379, commas between.');
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Expected whole seconds, such as 5.');
}

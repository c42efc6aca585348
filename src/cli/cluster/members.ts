import { text as readAll } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { expectName } from '../../base/name.ts';
import type { Body } from '../../manager/wire/messages/kinds.ts';
import { addressesText } from './address.ts';
import { memberFolder, withFolder } from './folders.ts';
import { asking, withOperator, type OperatorOptions } from './with-operator.ts';

/** How messages can be protected in a cluster that runs; the other arms are for measurements only. */
const protections = ['both', 'channel', 'signed'] as const;

/** `virtgauge cluster init|invite|join|revoke|confirm-fenced|remove-host` */
export function addMembers(cluster: Command): void {
  cluster
    .command('init')
    .description('make a cluster: its authority, its master and its operator')
    .option('--name <name>', 'name of the cluster', 'cluster')
    .option(
      '--address <host:port,…>',
      'where its master will be reached; of several masters all, with commas between',
      addressesText,
      '127.0.0.1:7470',
    )
    .addOption(protection())
    .option('--folder <folder>', 'folder of the master')
    .option('--operator <folder>', 'folder of the operator')
    .action(async (options: InitOptions) => {
      const { initCluster } = await import('../../manager/member/init.ts');
      const folders = {
        master: options.folder ?? memberFolder('master'),
        operator: options.operator ?? memberFolder('operator'),
      };
      const { name, address, protection: arm } = options;
      await initCluster({ folders, name, address, arm, now: Date.now() });
      console.log(
        `cluster ${name} is made: master in ${folders.master}, operator in ${folders.operator}`,
      );
      console.log('next: virtgauge cluster master, then virtgauge cluster invite HOST');
    });

  withOperator(cluster.command('invite').argument('<host>', 'name that it will have'))
    .description('print a token by which a host can join once, within an hour')
    .action(async (host: string, options: OperatorOptions) => {
      expectName(host, 'host');
      await asking(options, async (master) => {
        const { token } = await master.ask({ kind: 'invite', host }, 'invitation');
        console.log(options.json ? JSON.stringify({ host, token }) : token);
      });
    });

  withFolder(cluster.command('join'), 'agent')
    .description('make this host a member of a cluster')
    .requiredOption('--name <name>', 'under which it was invited')
    .requiredOption(
      '--master <host:port,…>',
      'where the master is reached, or several with commas between',
      addressesText,
    )
    .requiredOption('--token <token>', 'what `cluster invite` printed; - reads it from the input')
    .addOption(protection())
    .action(async (options: JoinOptions) => {
      const { joinCluster } = await import('../../manager/member/join.ts');
      const { name, master, protection: arm, folder = memberFolder('agent') } = options;
      const token = options.token === '-' ? await readAll(process.stdin) : options.token;
      await joinCluster({ folder, name, address: master, token: token.trim(), arm });
      const where = options.folder === undefined ? '' : ` --folder ${folder}`;
      console.log(`${name} is a member; next: virtgauge cluster agent${where} --listen HOST:PORT`);
    });

  withOperator(cluster.command('revoke').argument('<name>', 'host, or operator'))
    .description('trust no certificate any more that somebody has')
    .action((name: string, options: OperatorOptions) =>
      tell(options, { kind: 'revoke', name }, { revoked: name }, `${name} is trusted no more`),
    );

  withOperator(cluster.command('confirm-fenced').argument('<host>', 'one that is not heard of'))
    .description('say that nothing of a lost host runs any more, because you have seen to it')
    .action((host: string, options: OperatorOptions) => {
      const told = `${host} counts as off: its guests are started elsewhere`;
      return tell(options, { kind: 'confirmFenced', host }, { fenced: host }, told);
    });

  withOperator(cluster.command('remove-host').argument('<host>', 'one without guests'))
    .description('let a host be a member no more')
    .option('--with-guests', 'forget the guests that were lost with it', false)
    .action((host: string, options: OperatorOptions & { withGuests: boolean }) => {
      const request = { kind: 'removeHost', host, guests: options.withGuests } as const;
      return tell(options, request, { removed: host }, `${host} is a member no more`);
    });
}

/** Tells the master something, and the operator that it has taken it. */
function tell(options: OperatorOptions, request: Body, done: object, text: string): Promise<void> {
  return asking(options, async (master) => {
    await master.ask(request, 'ok');
    console.log(options.json ? JSON.stringify(done) : text);
  });
}

interface InitOptions {
  name: string;
  address: string;
  protection: (typeof protections)[number];
  folder?: string;
  operator?: string;
}

interface JoinOptions {
  name: string;
  master: string;
  token: string;
  protection: (typeof protections)[number];
  folder?: string;
}

function protection(): Option {
  const text =
    'both: sealed messages in TLS; channel: TLS only; signed: each message by itself in TLS';
  return new Option('--protection <arm>', text).choices(protections).default('both');
}

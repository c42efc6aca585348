import { posix } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import { parseDuration } from '../../base/units.ts';
import {
  convertMachine,
  runnableMethods,
  type RunnableMethod,
} from '../../platform/operations/convert/convert-machine.ts';
import { acceptable } from '../../platform/operations/convert/obstacles/index.ts';
import type { Ledger } from '../../platform/ledger/ledger.ts';
import type { Host } from '../../platform/remote/host.ts';
import { exitCodes } from '../exit-codes.ts';
import { untilInterrupted } from '../interruption.ts';
import { withLedger } from '../with-ledger.ts';
import { alone } from './alone.ts';
import { begunBefore } from './begun-before.ts';
import { clearConversionFolder, conversionFolder, folderFor } from './conversion-folder.ts';
import { freeAddress } from './free-address.ts';
import { goOnWith } from './go-on-with.ts';
import { endsOf, type Ends } from './hosts.ts';
import { requireRoot } from './require-root.ts';
import { sayer, tellEnd, tellEvents, type Say } from './tell.ts';
import { tidyGuest } from './tidy-guest.ts';
import { verifyConverted } from './verify.ts';
import { watchService, type AskedPage } from './watch-service.ts';

export interface ConvertOptions {
  target: string;
  hosts: string;
  storage?: string;
  method: RunnableMethod;
  vmmAddress?: string;
  cpu: string;
  service?: AskedPage;
  timeout: number;
  budget: number;
  verify: boolean;
  standby: boolean;
  /** Names of refusals that are no obstacle then. */
  accept: string[];
  /** Where it tells how it goes (default: standard output). */
  print?: Say;
}

/** `virtgauge p2v convert SOURCE` */
export function addConvert(p2v: Command): void {
  p2v
    .command('convert')
    .description('convert a running machine into a guest of another host')
    .argument('<source>', 'host of the inventory')
    .requiredOption('--target <host>', 'where it is to go')
    .requiredOption('--hosts <inventory>', 'file of an inventory of hosts, lab, or lab:NAME')
    .option('--storage <name>', 'storage of the target for the disk (default: its first)')
    .addOption(
      new Option('--method <method>', 'how').choices(runnableMethods).default('native-switch'),
    )
    .option(
      '--vmm-address <address>',
      'address/prefix for what runs on the machine meanwhile (default: the last of the inventory)',
    )
    .option(
      '--cpu <model>',
      'CPU of the guest, as QEMU names it: one that both processors have, if they are not the same',
      'max',
    )
    .option(
      '--service <port[/page]>',
      'ask this web service of the machine, and tell its outages',
      page,
    )
    .option(
      '--budget <time>',
      'warm methods: what copying the rest of the disk may take in the outage',
      time,
      1,
    )
    .addOption(
      new Option('--accept <names>', 'what the plan refuses and you want all the same')
        .argParser(accepted)
        .default([], 'nothing'),
    )
    .option('--timeout <time>', 'given up then, the machine going on', time, 3600)
    .option(
      '--verify',
      'compare the copy with the source afterwards, and check its file systems',
      false,
    )
    .option(
      '--standby',
      'native-switch: keep its disk in step with a copy on the target until interrupted, for p2v failover',
      false,
    )
    .action(async (source: string, options: ConvertOptions) => {
      process.exitCode = await untilInterrupted(
        (signal) => performConversion(source, options, signal),
        'see: virtgauge p2v status',
      );
    });
}

/** Converts a machine, or goes on with it. @returns the exit code */
export async function performConversion(
  name: string,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<number> {
  if (options.standby && options.method !== 'native-switch') {
    throw new UserError({
      message: `--standby: expected --method native-switch, got ${options.method}`,
      remedy: 'Only a machine that runs as a guest on its own hardware has a disk to keep in step.',
    });
  }
  const ends = endsOf({ source: name, target: options.target, hosts: options.hosts });
  return alone(conversionFolder(ends.source.name), () => convertOnce(ends, options, signal));
}

async function convertOnce(
  ends: Ends,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<number> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const begun = await begunBefore(ends.source);
  if (begun !== undefined) return goOnWith(begun, ends, options, signal);
  const hosts: Host[] = [];
  try {
    for (const entry of [ends.source, ends.target]) {
      if (entry !== undefined) hosts.push(await connectHost(entry, signal));
    }
    const [source, target] = hosts;
    if (source === undefined || target === undefined) throw new Error('two hosts');
    await requireRoot(source);
    return await withLedger(`p2v-${source.name}`, (ledger) =>
      convertBetween({ source, target, ledger }, ends, options, signal),
    );
  } finally {
    await Promise.all(hosts.map(({ shell }) => shell.close()));
  }
}

async function convertBetween(
  { source, target, ledger }: { source: Host; target: Host; ledger: Ledger },
  { vmmAddresses, standIn }: Ends,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<number> {
  const { method, storage, vmmAddress, cpu, service, timeout, budget, verify, standby } = options;
  const { print = console.log } = options;
  const { inspectSource, inspectTarget } =
    await import('../../platform/operations/convert/inspect/index.ts');
  const { admit } = await import('./admit.ts');
  const { planConversion } = await import('../../platform/operations/convert/plan.ts');
  const { sourceFacts } = await import('../../platform/operations/convert/source-facts.ts');
  const { ovmf } = await import('../../platform/operations/convert/firmware/ovmf.ts');
  const { vmmImage } = await import('../../platform/operations/convert/vmm-image/vmm-image.ts');
  const { ownedDirectoryOn } = await import('../../platform/ledger/owned-directory-on.ts');
  const { qemu } = await import('../../platform/hypervisor/qemu/qemu.ts');
  const { cacheDirectory } = await import('../../platform/guest/image/cache.ts');
  const { localShell } = await import('../../platform/remote/local.ts');
  const { clock } = source;
  const say = sayer(clock, print);

  if (standIn !== undefined) print(`stand-in: ${standIn}`);
  say('looking at both');
  const seen = await inspectSource(source.shell, { watch: 3, signal });
  const there = await inspectTarget(source.shell, target, { ledger, storage });
  const plan = planConversion(seen, there, { budget });
  admit(plan, { method, cpu, accepted: options.accept }, print);
  const foretold = plan.predictions.find((each) => each.method === method);
  if (foretold !== undefined) {
    say(
      `foretold: ${foretold.total.toFixed(0)} s, of which out of service ${foretold.downtime.toFixed(1)} s`,
    );
    if (foretold.total > timeout) {
      throw new UserError({
        where: source.name,
        message: `expected a --timeout above what is foretold, ${foretold.total.toFixed(0)} s, got ${timeout} s: it would be given up on the way`,
        remedy: `Give it more, such as --timeout ${Math.ceil((2 * foretold.total) / 60)}min.`,
      });
    }
  }
  const kvm = seen.processor.virtualization !== undefined && there.processor.kvm;
  const place = target.storages[there.storage?.name ?? ''];
  if (place === undefined) {
    throw new UserError({
      where: target.name,
      message: 'expected a storage for the disk, the inventory names none',
      remedy: 'Name one: storages: { local: { kind: local, path: /srv/guests } }.',
    });
  }
  const request = {
    ...{ source, facts: sourceFacts(seen), ledger, verify, work: conversionFolder(source.name) },
    target: {
      ...{ host: target, hypervisor: qemu, cpu },
      accelerator: kvm ? ('kvm' as const) : ('tcg' as const),
      directory: await ownedDirectoryOn(
        target,
        ledger,
        posix.join(place.path, folderFor(source.name)),
      ),
    },
    image: await vmmImage(localShell, cacheDirectory(process.env)),
    ...(seen.firmware.kind === 'uefi' && {
      ovmf: await ovmf(localShell, cacheDirectory(process.env)),
    }),
    vmmAddress: vmmAddress ?? (await freeAddress(vmmAddresses)),
  };
  await clearConversionFolder(request.work);
  const watching = service && (await watchService(source.address, service, ledger));
  const onEvent = tellEvents(say, ledger);
  const result = await convertMachine(
    method,
    request,
    { downtimeLimit: 0.3, bandwidth: undefined, timeout, budget, standby },
    standby ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]),
    onEvent,
  );
  const between = { disks: request.facts.disks, target: request.target, clock };
  const sound = await verifyConverted(between, result, say, signal);
  const code = await tellEnd(result, { source, target, say, print, watching }, signal);
  if (result.state === 'completed') await tidyGuest(request.work, say);
  return sound ? code : exitCodes.someFailed;
}

function accepted(text: string): string[] {
  const names = text.split(',');
  if (names.every((name) => acceptable.some((each) => each === name))) return names;
  throw new InvalidArgumentError(`Expected names among ${acceptable.join(', ')}, by commas.`);
}

function page(text: string): AskedPage {
  const [, port = '', path = '/'] = /^(\d{1,5})(\/[!-~]{0,149})?$/.exec(text) ?? [];
  if (Number(port) >= 1 && Number(port) <= 65_535) return { port: Number(port), page: path };
  throw new InvalidArgumentError('Expected a port, and a page if it is not /: 80 or 8080/health.');
}

function time(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new InvalidArgumentError('Expected a time such as 30min.');
}

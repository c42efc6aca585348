import { posix } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';
import type { ConversionTarget } from '../../platform/operations/convert/conversion.ts';
import { monotonicClock } from '../../base/clock.ts';
import { withLedger } from '../with-ledger.ts';
import { conversionFolder, folderFor } from './conversion-folder.ts';
import type { ConvertOptions } from './convert.ts';
import type { Ends } from './hosts.ts';
import { sayer, tellEnd, tellEvents } from './tell.ts';
import { tidyGuest } from './tidy-guest.ts';
import { verifyConverted } from './verify.ts';
import { watchService } from './watch-service.ts';

/**
 * Goes on with a native switch after its first outage.
 * @returns the exit code
 */
export async function goOnWith(
  record: ConversionRecord,
  { target: targetEntry, standIn }: Ends,
  options: Pick<ConvertOptions, 'storage' | 'service' | 'timeout' | 'verify' | 'standby' | 'print'>,
  signal: AbortSignal,
): Promise<number> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { goOn } = await import('../../platform/operations/convert/native-switch/go-on.ts');
  const { qemu } = await import('../../platform/hypervisor/qemu/qemu.ts');
  const { ownedDirectoryOn } = await import('../../platform/ledger/owned-directory-on.ts');
  if (targetEntry === undefined) throw new Error('a target');
  const { source } = record;
  const { print = console.log } = options;
  const say = sayer(monotonicClock, print);
  if (standIn !== undefined) print(`stand-in: ${standIn}`);
  say(`${source.name} runs as a guest on its own hardware: its disk is mirrored from there`);
  const host = await connectHost(targetEntry, signal);
  try {
    return await withLedger(`p2v-${source.name}`, async (ledger) => {
      const name = options.storage ?? Object.keys(host.storages)[0] ?? '';
      const place = host.storages[name];
      if (place === undefined) {
        throw new UserError({
          where: host.name,
          message: 'expected a storage for the disk, the inventory names none',
          remedy: 'Name one: storages: { local: { kind: local, path: /srv/guests } }.',
        });
      }
      const { cpu, accelerator } = record.target.guest;
      const target: ConversionTarget = {
        ...{ host, hypervisor: qemu, cpu, accelerator },
        directory: await ownedDirectoryOn(
          host,
          ledger,
          posix.join(place.path, folderFor(source.name)),
        ),
      };
      const { service, timeout, verify, standby } = options;
      const watching = service && (await watchService(source.address, service, ledger));
      const { machine, ...result } = await goOn(
        {
          ...{ record, work: conversionFolder(source.name), target, ledger, verify },
          clock: monotonicClock,
        },
        { downtimeLimit: 0.3, bandwidth: undefined, timeout, standby },
        standby ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]),
        tellEvents(say, ledger),
      );
      const ended = { ...result, vmm: machine.vmm };
      const disks = [{ path: record.guest?.disk.path ?? '', bytes: record.diskBytes }];
      const between = { disks, target, clock: monotonicClock };
      const sound = await verifyConverted(between, ended, say, signal);
      const code = await tellEnd(ended, { source, target: host, say, print, watching }, signal);
      if (ended.state === 'completed') await tidyGuest(conversionFolder(source.name), say);
      return sound ? code : exitCodes.someFailed;
    });
  } finally {
    await host.shell.close();
  }
}

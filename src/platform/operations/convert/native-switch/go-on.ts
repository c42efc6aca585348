import type { Clock } from '../../../../base/clock.ts';
import { monitorOf } from '../../../hypervisor/qemu/monitor.ts';
import { markEnvironment } from '../../../ledger/kinds/marked-processes.ts';
import { randomToken, type Ledger } from '../../../ledger/ledger.ts';
import { processesOf } from '../../../ledger/owned-directory-on.ts';
import type { ConversionTarget, OnConversionEvent } from '../conversion.ts';
import { keepingCommit } from '../standing/keep-record.ts';
import { writeRecord, type ConversionRecord } from '../standing/record.ts';
import { reachVmm } from '../vmm/reach.ts';
import { forgetStandby } from '../standby/standby-record.ts';
import { backAtSource } from './back-at-source.ts';
import { adoptGuest, type SwitchedMachine } from './enter.ts';
import { targetFiles } from './guest.ts';
import type { MoveResult, MoveSettings } from './move.ts';
import { moveOrStandBy } from './move-or-stand-by.ts';
import { prepareTarget } from './native-switch.ts';
import { ownKernelIn } from './own-kernel.ts';

/** A switch whose machine runs as a guest on its own hardware by now. */
export interface BegunSwitch {
  record: ConversionRecord;
  /** Folder with the record and the keys. */
  work: string;
  /** Where it is to go now; another one than before is as good. */
  target: ConversionTarget;
  ledger: Ledger;
  clock: Clock;
  /** Both disks are kept to be compared. */
  verify: boolean;
}

/**
 * Goes on with a native switch after its first outage, by another process or to another target than
 * the one that began it: the disk is mirrored from the start.
 * @throws Error if the VMM or its guest does not answer; the machine goes on then
 */
export async function goOn(
  { record, work, target, ledger, clock, verify }: BegunSwitch,
  settings: MoveSettings,
  signal: AbortSignal,
  listen: OnConversionEvent,
): Promise<MoveResult & { machine: SwitchedMachine }> {
  const { guest: source, bootPath: path, diskBytes } = record;
  const { entry } = target.host;
  if (source === undefined || entry === undefined)
    throw new Error('no native switch between hosts');
  const onEvent = keepingCommit(work, listen);
  onEvent({ at: clock.now(), event: 'requested' });
  const mark = randomToken();
  const { disk, kernel, initramfs, run } = targetFiles(target);
  const { network } = record.target.guest;
  const spec = {
    ...record.target.guest,
    disk: { ...source.disk, path: disk },
    kernel: { image: kernel, initramfs, commandLine: source.kernel?.commandLine ?? '' },
    network:
      network.kind === 'bridge' && target.host.bridge !== undefined
        ? { ...network, bridge: target.host.bridge }
        : network,
    directory: run,
    environment: markEnvironment(mark),
  };
  ledger.enter(processesOf(target.host, mark));
  await prepareTarget(target, diskBytes, ownKernelIn(work));
  // A copy that was in step is another one than that of the new record.
  forgetStandby(work);
  writeRecord(work, {
    ...record,
    target: { host: entry, guest: { ...spec, environment: { ...spec.environment } } },
  });
  const vmm = await reachVmm(record.vmm, clock, signal);
  let machine: SwitchedMachine;
  try {
    machine = { vmm, guest: await adoptGuest(vmm, source) };
    await backAtSource(monitorOf(machine.guest));
  } catch (error) {
    await vmm.shell.close();
    throw error;
  }
  onEvent({ at: clock.now(), event: 'staged' });
  const rescue = verify ? record.vmm : undefined;
  const begun = { target, spec, path, source: record.source, settings, work, ledger, rescue };
  return { ...(await moveOrStandBy(machine, begun, signal, onEvent)), machine };
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import type { Guest, GuestSpec } from '../../../hypervisor/hypervisor.ts';
import { markEnvironment } from '../../../ledger/kinds/marked-processes.ts';
import { randomToken } from '../../../ledger/ledger.ts';
import { processesOf } from '../../../ledger/owned-directory-on.ts';
import type { Host } from '../../../remote/host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import type { BootPath } from '../boot-path/boot-path.ts';
import type {
  ConversionBoundary,
  ConversionMethod,
  ConversionResult,
  OnConversionEvent,
} from '../conversion.ts';
import { bringFirmware } from '../firmware/bring-firmware.ts';
import type { ConversionRequest } from '../request.ts';
import { stageMachine, unstageMachine } from '../stage-machine.ts';
import type { FrozenDisks } from '../check/frozen.ts';
import { cutOver } from '../vmm/cut-over.ts';
import { reachVmm } from '../vmm/reach.ts';
import type { StagedVmm } from '../vmm/stage.ts';
import { finish, rescuedMachine } from './finish.ts';
import { convertedDisks, convertedFiles, convertedGuest } from './guest.ts';

/** With the guest on the target, and the rescue system of the source, whose shell must be closed. */
export type OfflineResult = ConversionResult & { guest?: Guest; vmm?: Host; frozen?: FrozenDisks };

/**
 * Converts a machine while it is out of service: its kernel gives way to a rescue system, which sends
 * the disk to the target; there the machine starts under its own address. What fails before the
 * tombstone is set lets the machine start again as it was.
 * @throws UserError if the machine or the target cannot do it; nothing is changed then
 */
export async function convertOffline(
  request: ConversionRequest,
  signal: AbortSignal,
  onEvent: OnConversionEvent = () => undefined,
): Promise<OfflineResult> {
  const { source } = request;
  const tell = (event: ConversionBoundary, at = source.clock.now()) => onEvent({ at, event });
  tell('requested');
  const prepared = await prepareRescue(request, 'offline');
  tell('staged');
  if (signal.aborted) {
    await unstageMachine(request, prepared);
    return { state: 'failed', reason: 'it was interrupted', survivor: 'source' };
  }
  let vmm: Host;
  try {
    await cutOver(source, prepared.staged, (step, at) => tell(step, at));
    // Also when it is interrupted: a rescue system that nobody tells to go would stay, and nothing serve.
    vmm = await reachVmm(prepared.entry, source.clock);
    tell('vmm-answered');
  } catch (error) {
    // A rescue system that does not start restarts the machine, from its own disk.
    return { state: 'failed', reason: (error as Error).message, survivor: 'undecided' };
  }
  const stopped = rescuedMachine(request, { ...prepared, vmm }, signal, onEvent);
  return { ...(await finish(request, prepared, stopped, signal, onEvent)), vmm };
}

/** A machine that only waits to be cut over. */
export interface Prepared {
  spec: GuestSpec;
  entry: HostEntry;
  path: BootPath;
  staged: StagedVmm;
}

/** Brings everything to source and target while the service runs: a rescue system, and an empty disk. */
export async function prepareRescue(
  request: ConversionRequest,
  method: ConversionMethod,
): Promise<Prepared> {
  const { source, facts, target, work, ledger, ovmf } = request;
  expectConvertible(request);
  const mark = randomToken();
  const spec = convertedGuest({
    ...{ name: source.name, facts, target, environment: markEnvironment(mark) },
    consoleLog: join(work, 'target.console'),
  });
  await mkdir(work, { recursive: true, mode: 0o700 });
  ledger.enter(processesOf(target.host, mark));
  const { run, firmware } = convertedFiles(target);
  const limit = { timeout: 60 };
  await target.host.shell.run(['mkdir', '-p', '--', run], limit);
  for (const [index, file] of convertedDisks(target, facts).entries()) {
    const bytes = String(facts.disks[index]?.bytes);
    await target.host.shell.run(['truncate', '-s', bytes, file], limit);
  }
  if (ovmf !== undefined && facts.firmware === 'uefi') {
    await bringFirmware(target.host.shell, ovmf, facts.bootEntries ?? [], { work, to: firmware });
  }
  const { access, path, staged } = await stageMachine(request, {
    ...{ method, mode: 'rescue', byKexec: method === 'offline', specs: { target: spec } },
  });
  return { spec, entry: access.entry, path, staged };
}

function expectConvertible({ source, facts, target, ovmf, vmmAddress }: ConversionRequest): void {
  const where = source.name;
  const { name } = target.hypervisor;
  if (name !== 'qemu' && (facts.disks.length > 1 || facts.firmware === 'uefi')) {
    const message = `expected the hypervisor qemu for several disks, or for UEFI, got ${name}`;
    throw new UserError({ where, message });
  }
  if (facts.firmware === 'uefi' && ovmf === undefined) throw new Error('UEFI without OVMF');
  if (vmmAddress.split('/')[0] === facts.address.split('/')[0]) {
    throw new UserError({
      where,
      message: `expected an address of its own for the rescue system, got the machine's, ${vmmAddress}`,
      remedy: 'Name one that nobody has.',
    });
  }
}

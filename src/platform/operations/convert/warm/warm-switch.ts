import type { ConversionBoundary, OnConversionEvent } from '../conversion.ts';
import { serveDisk } from '../copy/serve-disk.ts';
import { enterVmm, type EnterRequest, type SwitchedMachine } from '../native-switch/enter.ts';
import { changesBitmap, targetFiles } from '../native-switch/guest.ts';
import { moveToTarget, type MoveResult, type MoveSettings } from '../native-switch/move.ts';
import { prepareSwitch, whyNotEntered } from '../native-switch/native-switch.ts';
import type { ConversionRequest } from '../request.ts';
import { unstageMachine } from '../stage-machine.ts';
import { holdMachine } from '../vmm/cut-over.ts';
import { startCarrier, type Carrier, type DiskRange } from './carrier.ts';
import { copyWarm, onePass } from './copy-warm.ts';
import { startCopying, type Copying, type WarmSettings } from './copying.ts';

/**
 * A native switch whose disk is brought over before it, while the machine serves: after it, only what was
 * written since the last pass is brought, and what the guest writes. The former is the map that the trace
 * of the machine's kernel gave when its file systems had been made read-only, the latter a bitmap of QEMU
 * from the guest's first instruction on. Where an event of the trace is missing there is no such map, and
 * the mirror brings everything, as without warm copying.
 * @throws UserError if the machine or the target cannot do it; nothing is changed then
 */
export async function warmSwitch(
  request: ConversionRequest,
  settings: MoveSettings & WarmSettings,
  signal: AbortSignal,
  onEvent: OnConversionEvent = () => undefined,
): Promise<MoveResult & { machine?: SwitchedMachine }> {
  const { source, facts, target, verify } = request;
  const { clock } = source;
  const tell = (event: ConversionBoundary) => onEvent({ at: clock.now(), event });
  tell('requested');
  const prepared = await prepareSwitch(request, 'warm-switch');
  const { staged, specs, access, path } = prepared;
  let copying: Copying | undefined;
  try {
    copying = await startCopying(request, [targetFiles(target).disk], settings);
    tell('staged');
    const { budget = 1 } = settings;
    // What is left is brought beside the service: passes that get no shorter keep nobody from it.
    if (copying.passes.untracked === undefined) {
      await copyWarm(copying.passes, { budget, clock }, signal, onEvent);
    }
    signal.throwIfAborted();
  } catch (error) {
    await copying?.stop();
    await unstageMachine(request, prepared);
    const reason = signal.aborted ? 'it was interrupted' : (error as Error).message;
    return { state: 'failed', reason, survivor: 'source' };
  }
  const { giveWay, written } = mappedCutOver(copying.carriers);
  let machine: SwitchedMachine;
  try {
    const enter = { staged, spec: specs.source, entry: access.entry, giveWay };
    machine = await enterVmm(source, facts, enter, onEvent, signal);
  } catch (error) {
    const reason = whyNotEntered(error, signal);
    return { state: 'failed', reason, survivor: 'undecided' };
  } finally {
    await copying.stop();
  }
  const inStep = await bringWritten(request, machine, written(), signal, onEvent);
  const result = await moveToTarget(
    machine,
    {
      ...{ target, spec: specs.target, path, source: source.entry, settings },
      ...{ rescue: verify ? access.entry : undefined },
      ...(inStep && { changesIn: changesBitmap }),
    },
    signal,
    onEvent,
  );
  return { ...result, machine };
}

/** Lets a machine give way, and learns before what of its disk the target has not. */
function mappedCutOver([carrier]: readonly Carrier[]): {
  giveWay: NonNullable<EnterRequest['giveWay']>;
  /** Undefined: that is not known. */
  written: () => DiskRange[] | undefined;
} {
  let ranges: DiskRange[] | undefined;
  return {
    async giveWay(host, staged, onStep) {
      const held = await holdMachine(host, staged, carrier ? [carrier.pid] : [], onStep);
      ranges = await carrier?.written().catch(() => undefined);
      await held.leave();
    },
    written: () => ranges,
  };
}

/**
 * Brings from the VMM what was written before the guest began. What the guest has written there since
 * may come along: it is marked, and comes again.
 * @returns whether the target has all that is not marked
 */
async function bringWritten(
  { source, facts, target, ledger }: ConversionRequest,
  { vmm }: SwitchedMachine,
  ranges: readonly DiskRange[] | undefined,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<boolean> {
  if (ranges === undefined) return false;
  try {
    const served = await serveDisk(target.host, targetFiles(target).disk, ledger);
    try {
      const options = { listed: true };
      const carrier = await startCarrier(vmm, facts.disks[0].path, served, options);
      try {
        carrier.mark(ranges);
        const pass = await onePass(carrier, source.clock, 0, signal, onEvent);
        const { sent: bytes, read, seconds } = pass;
        const figures = { bytes, read, seconds, last: 1 };
        onEvent({ at: source.clock.now(), event: 'pass', figures });
      } finally {
        await carrier.stop();
      }
    } finally {
      await served.stop();
    }
    return true;
  } catch {
    // The mirror brings it then, with all else; if the link is lost that says so.
    return false;
  }
}

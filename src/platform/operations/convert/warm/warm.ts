import type { Guest } from '../../../hypervisor/hypervisor.ts';
import type { Host } from '../../../remote/host.ts';
import { armTombstone, exhume, type ArmedTombstone } from '../boot-path/tombstone.ts';
import type { FrozenDisks } from '../check/frozen.ts';
import type { ConversionBoundary, ConversionResult, OnConversionEvent } from '../conversion.ts';
import { finish, type StoppedMachine } from '../offline/finish.ts';
import { convertedDisks } from '../offline/guest.ts';
import { prepareRescue, type Prepared } from '../offline/offline.ts';
import type { ConversionRequest } from '../request.ts';
import { unstageMachine } from '../stage-machine.ts';
import { holdMachine, type HeldMachine } from '../vmm/cut-over.ts';
import { reachVmm } from '../vmm/reach.ts';
import { copyWarm, notConverged, onePass } from './copy-warm.ts';
import { startCopying, type Copying, type WarmSettings } from './copying.ts';
import type { Passes } from './together.ts';

export type WarmResult = ConversionResult & { guest?: Guest; vmm?: Host; frozen?: FrozenDisks };

/**
 * Converts a machine whose disk is brought over while it serves: pass by pass, each of what was written
 * during the one before. Then its service stops, the rest is brought, and it starts on the target. Its own
 * kernel brings the rest, so that nothing has to start before; when the tombstone is set it gives way to
 * the rescue system.
 * @throws UserError if the machine or the target cannot do it; nothing is changed then
 */
export async function convertWarm(
  request: ConversionRequest,
  settings: WarmSettings,
  signal: AbortSignal,
  onEvent: OnConversionEvent = () => undefined,
): Promise<WarmResult> {
  const { source, target } = request;
  const { clock } = source;
  const tell = (event: ConversionBoundary, at = clock.now()) => onEvent({ at, event });
  tell('requested');
  const prepared = await prepareRescue(request, 'warm');
  let copying: Copying | undefined;
  let armed: ArmedTombstone | undefined;
  let guest: Guest | undefined;
  const abandon = async (reason: string) => {
    armed?.disarm();
    await guest?.destroy();
    await copying?.stop();
    await unstageMachine(request, prepared);
    return { state: 'failed', reason, survivor: 'source' } as const;
  };
  let held: HeldMachine;
  try {
    copying = await startCopying(request, convertedDisks(target, request.facts), settings);
    tell('staged');
    const { passes } = copying;
    const { budget = 1 } = settings;
    const decision = await copyWarm(passes, { budget, clock }, signal, onEvent);
    if (decision.next === 'give-up') return await abandon(notConverged(decision, budget));
    // What takes time without the disk is done before the outage; then little is left of that again.
    guest = await target.hypervisor.launch(target.host, prepared.spec);
    armed = await armTombstone(source.shell, prepared.path);
    if (passes.untracked === undefined) await onePass(passes, clock, 0, signal, onEvent);
    signal.throwIfAborted();
  } catch (error) {
    return abandon(signal.aborted ? 'it was interrupted' : (error as Error).message);
  }
  try {
    const spared = [...copying.carriers.map(({ pid }) => pid), armed.pid];
    held = await holdMachine(source, prepared.staged, spared, tell);
  } catch (error) {
    await guest.destroy();
    await copying.stop();
    // It starts again by itself, from its own disk.
    return { state: 'failed', reason: (error as Error).message, survivor: 'undecided' };
  }
  const stopped = heldMachine(request, prepared, { held, armed, copying }, signal, onEvent);
  const result = await finish(request, prepared, { ...stopped, guest }, signal, onEvent);
  await copying.stop();
  return result;
}

/** What is still written after all programs have ended comes in a pass more; it should be nothing. */
const mostLast = 5;

/** Nothing writes any more: what is left is brought, all of it compared where that is not known. */
async function bringRest(
  passes: Passes,
  { name, clock }: Pick<Host, 'name' | 'clock'>,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<void> {
  for (let left = mostLast; left > 0; left -= 1) {
    const pass = await onePass(passes, clock, 0, signal, onEvent);
    const { sent: bytes, read, seconds, whole, lost, rest } = pass;
    const figures = { bytes, read, seconds, rest, whole: Number(whole), lost: Number(lost) };
    onEvent({ at: clock.now(), event: 'pass', figures: { ...figures, last: 1 } });
    if (passes.untracked !== undefined || (rest === 0 && !lost)) return;
  }
  throw new Error(`${name}: its disks are written though its programs have ended`);
}

/** A machine whose own kernel brings the rest of its disk. */
function heldMachine(
  { source }: ConversionRequest,
  { entry, path }: Prepared,
  { held, armed, copying }: { held: HeldMachine; armed: ArmedTombstone; copying: Copying },
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): StoppedMachine {
  let left = false;
  return {
    bring: () => bringRest(copying.passes, source, signal, onEvent),
    arm: () => Promise.resolve(armed),
    async leave() {
      left = true;
      await held.leave();
    },
    async startAgain(buried) {
      armed.disarm();
      await copying.stop();
      if (!left) {
        if (buried) await exhume(source.shell, path);
        held.startAgain();
        return;
      }
      const vmm = await reachVmm(entry, source.clock);
      try {
        if (buried) await exhume(vmm.shell, path);
        await vmm.shell.start(['sh', '-c', 'sync; sleep 0.2; reboot -f']);
        vmm.shell.lostPower?.();
      } finally {
        await vmm.shell.close();
      }
    },
  };
}

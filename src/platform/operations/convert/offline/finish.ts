import type { Guest } from '../../../hypervisor/hypervisor.ts';
import type { Host } from '../../../remote/host.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { proveEnded } from '../../prove-ended.ts';
import { clearBootPath, type BootPath } from '../boot-path/boot-path.ts';
import { armTombstone, exhume, type ArmedTombstone } from '../boot-path/tombstone.ts';
import { freezeForCheck, type FrozenDisks } from '../check/frozen.ts';
import type { ConversionBoundary, ConversionResult, OnConversionEvent } from '../conversion.ts';
import { bytesOf } from '../copy/ranges.ts';
import { copyOver } from '../copy/copy-over.ts';
import { firstGreeting, greeterOf, untilAnswers } from '../vmm/greeting.ts';
import { convertedDisks } from './guest.ts';
import type { ConversionRequest } from '../request.ts';
import type { Prepared } from './offline.ts';

/** Seconds for the machine's system to answer from the target. */
const patience = 300;
/** Seconds for it to answer from its own hardware again, whose firmware may take minutes. */
const restart = 600;

/** A machine out of service, whose disk nothing writes any more. */
export interface StoppedMachine {
  /** As a guest on the target, its CPUs not let go; absent: it is started there when its disk is. */
  guest?: Guest;
  /** Brings what the target has not of its disk. */
  bring(): Promise<void>;
  /** Its tombstone, which only waits for a word. */
  arm(): Promise<ArmedTombstone>;
  /** Leaves its address, where it has it still; the tombstone is set. */
  leave?(): Promise<void>;
  /**
   * It starts again from its own disk.
   * @param buried its tombstone may be set: it is taken away first
   */
  startAgain(buried: boolean): Promise<void>;
}

/** Brings over the disk of a machine that is out of service, and starts it on the target. */
export async function finish(
  request: ConversionRequest,
  { path, spec, entry }: Pick<Prepared, 'path' | 'spec' | 'entry'>,
  stopped: StoppedMachine,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<ConversionResult & { guest?: Guest; frozen?: FrozenDisks }> {
  const { source, facts, target, verify = false } = request;
  const { clock } = source;
  const tell = (event: ConversionBoundary) => onEvent({ at: clock.now(), event });
  let { guest } = stopped;
  let frozen: FrozenDisks | undefined;
  let [buried, letGo] = [false, false];
  try {
    signal.throwIfAborted();
    await stopped.bring();
    tell('copied');
    guest ??= await target.hypervisor.launch(target.host, spec);
    if (verify) frozen = await freezeForCheck(guest, path, entry);
    signal.throwIfAborted();
    const armed = await stopped.arm();
    // From here on it may be set, whatever is heard of it.
    buried = true;
    await armed.bury();
    tell('tombstone');
    await stopped.leave?.();
    letGo = true;
    await guest.resume();
    tell('target-running');
  } catch (error) {
    const reason = (error as Error).message || 'it was interrupted';
    return goBack(request, path, stopped, { guest, buried, letGo, reason });
  }
  const greeter = greeterOf(facts.address, source.entry);
  const seconds = patienceWith([target.host], patience);
  const answered = await untilAnswers(greeter, clock, seconds, signal);
  if (answered !== undefined) onEvent({ at: answered, event: 'target-answered' });
  // Also where nobody answers: it may have served somebody, the source must not go on from before that.
  tell('committed');
  if (answered === undefined) {
    const reason = signal.aborted
      ? `it runs on ${target.host.name}; whether it answers was not waited for`
      : `it runs on ${target.host.name}, but does not answer at ${greeter.address}`;
    return { state: 'failed', reason, survivor: 'target', guest, ...(frozen && { frozen }) };
  }
  return { state: 'completed', survivor: 'target', guest, ...(frozen && { frozen }) };
}

/** A machine that its rescue system runs: the whole disk has to be brought. */
export function rescuedMachine(
  { source, facts, target, ledger }: ConversionRequest,
  { path, vmm }: Pick<Prepared, 'path'> & { vmm: Host },
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): StoppedMachine {
  const files = convertedDisks(target, facts);
  return {
    async bring() {
      let before = 0;
      for (const [index, disk] of facts.disks.entries()) {
        const place = { to: target.host, file: files[index] ?? '', ledger };
        const { ranges } = await copyOver({ from: vmm, disk, ...place }, signal, (done) => {
          const figures = { bytes: before + done };
          onEvent({ at: source.clock.now(), event: 'progress', figures });
        });
        before += bytesOf(ranges);
      }
    },
    arm: () => armTombstone(vmm.shell, path),
    async startAgain(buried) {
      if (buried) await exhume(vmm.shell, path);
      await vmm.shell.start(['sh', '-c', 'sync; sleep 0.2; reboot -f']);
      vmm.shell.lostPower?.();
    },
  };
}

interface Failure {
  guest: Guest | undefined;
  /** The tombstone may be set. */
  buried: boolean;
  /** The guest's CPUs may have been let go. */
  letGo: boolean;
  reason: string;
}

/** The machine starts from its own disk again, once the target is proven not to run it. */
async function goBack(
  { source, facts }: ConversionRequest,
  path: BootPath,
  stopped: StoppedMachine,
  { guest, buried, letGo, reason }: Failure,
): Promise<ConversionResult> {
  const failed = (survivor: 'source' | 'undecided', more = '') =>
    ({ state: 'failed', reason: `${reason}${more}`, survivor }) as const;
  try {
    const doubt = guest && (await proveEnded(guest));
    // One whose CPUs were never let go cannot run, whatever became of its host.
    if (letGo && doubt !== undefined) return failed('undecided', `; on the target: ${doubt}`);
    await stopped.startAgain(buried);
    source.shell.lostPower?.();
  } catch (error) {
    return failed('undecided', `; and the way back failed: ${(error as Error).message}`);
  }
  const greeter = greeterOf(facts.address, source.entry);
  const answered = await firstGreeting(greeter, source.clock, restart);
  if (answered === undefined) return failed('undecided', `; ${source.name} does not answer again`);
  await clearBootPath(source.shell, path).catch(() => undefined);
  return failed('source');
}

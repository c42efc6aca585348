import type { Guest } from '../../../hypervisor/hypervisor.ts';
import type { Host } from '../../../remote/host.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { proveEnded } from '../../prove-ended.ts';
import { clearBootPath } from '../boot-path/boot-path.ts';
import { armTombstone, exhume } from '../boot-path/tombstone.ts';
import type { ConversionBoundary, ConversionResult, OnConversionEvent } from '../conversion.ts';
import { copyOver } from '../copy/copy-over.ts';
import { firstGreeting } from '../vmm/greeting.ts';
import { convertedFiles } from './guest.ts';
import type { ConversionRequest } from '../request.ts';
import type { Prepared } from './offline.ts';

/** Seconds for the machine's system to answer, from the target or again from its own hardware. */
const patience = 120;

/** Copies the disk of a machine in its rescue system, and starts it on the target. */
export async function finish(
  request: ConversionRequest,
  rescued: Prepared & { vmm: Host },
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<ConversionResult & { guest?: Guest }> {
  const { source, facts, target } = request;
  const { vmm, path, spec } = rescued;
  const { clock } = source;
  const tell = (event: ConversionBoundary) => onEvent({ at: clock.now(), event });
  let guest: Guest | undefined;
  let [buried, letGo] = [false, false];
  try {
    await copy(request, vmm, signal, onEvent);
    tell('copied');
    guest = await target.hypervisor.launch(target.host, spec);
    signal.throwIfAborted();
    const armed = await armTombstone(vmm.shell, path);
    // From here on it may be set, whatever is heard of it.
    buried = true;
    await armed.bury();
    tell('tombstone');
    letGo = true;
    await guest.resume();
    tell('target-running');
  } catch (error) {
    return goBack(request, rescued, {
      ...{ guest, buried, letGo, reason: (error as Error).message },
    });
  }
  const [address = ''] = facts.address.split('/');
  const seconds = patienceWith([target.host], patience);
  const answered = await firstGreeting({ address }, clock, seconds);
  if (answered === undefined) {
    // It may have served somebody: the source must not go on from before that.
    const reason = `it runs on ${target.host.name}, but does not answer at ${address}`;
    return { state: 'failed', reason, survivor: 'target', guest };
  }
  onEvent({ at: answered, event: 'target-answered' });
  tell('committed');
  return { state: 'completed', survivor: 'target', guest };
}

async function copy(
  { source, facts, target, ledger }: ConversionRequest,
  vmm: Host,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<void> {
  const { file, disk } = { file: convertedFiles(target).disk, disk: facts.disks[0] };
  await copyOver({ from: vmm, disk, to: target.host, file, ledger }, signal, (bytes) =>
    onEvent({ at: source.clock.now(), event: 'progress', figures: { bytes } }),
  );
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
  { vmm, path }: Prepared & { vmm: Host },
  { guest, buried, letGo, reason }: Failure,
): Promise<ConversionResult> {
  const failed = (survivor: 'source' | 'undecided', more = '') =>
    ({ state: 'failed', reason: `${reason}${more}`, survivor }) as const;
  try {
    const doubt = guest && (await proveEnded(guest));
    // One whose CPUs were never let go cannot run, whatever became of its host.
    if (letGo && doubt !== undefined) return failed('undecided', `; on the target: ${doubt}`);
    if (buried) await exhume(vmm.shell, path);
    await vmm.shell.start(['sh', '-c', 'sync; sleep 0.2; reboot -f']);
    vmm.shell.lostPower?.();
    source.shell.lostPower?.();
  } catch (error) {
    return failed('undecided', `; and the way back failed: ${(error as Error).message}`);
  }
  const [address = ''] = facts.address.split('/');
  const answered = await firstGreeting({ address }, source.clock, patienceWith([source], patience));
  if (answered === undefined) return failed('undecided', `; ${source.name} does not answer again`);
  await clearBootPath(source.shell, path).catch(() => undefined);
  return failed('source');
}

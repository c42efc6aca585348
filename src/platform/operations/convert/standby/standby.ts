import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { Ledger } from '../../../ledger/ledger.ts';
import type { Host } from '../../../remote/host.ts';
import { armTombstone, exhume } from '../boot-path/tombstone.ts';
import type { BootPath } from '../boot-path/boot-path.ts';
import type { ConversionTarget, OnConversionEvent } from '../conversion.ts';
import { serveDisk, type ServingDisk } from '../copy/serve-disk.ts';
import type { SwitchedMachine } from '../native-switch/enter.ts';
import type { MoveResult } from '../native-switch/move.ts';
import { keepInStep, type StandbyMirror } from './keep-in-step.ts';
import { forgetStandby, writeStandby, type StandbyRecord } from './standby-record.ts';

export interface StandbyRequest {
  target: ConversionTarget;
  /** The guest as it would be on the target; its disk, empty and of the same size, is there. */
  spec: GuestSpec;
  path: BootPath;
  /** Folder with the record of the conversion. */
  work: string;
  ledger: Ledger;
}

/** Seconds between two looks: what is known to be on the target is at most so old, and one answer. */
const interval = 0.5;
/** Seconds between two looks whether the target's disk hangs, and for it to answer. */
const [between, patience] = [10, 30] as const;

/**
 * Keeps the disk of a machine that runs as a guest on its own hardware in step with a copy on the
 * target, until `signal`: the machine can start there when the source is lost. From the moment in
 * which it is in step the tombstone is set, so that a source that comes back starts nothing by itself.
 * @returns `failed` in every case: `source-guest` where it ended in order or the copy broke,
 *   `undecided` where the source is lost
 */
export async function standBy(
  { vmm, guest }: SwitchedMachine,
  { target, spec, path, work, ledger }: StandbyRequest,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<MoveResult> {
  const { clock } = vmm;
  await vmm.shell.run(['touch', '/run/vm/held'], { timeout: 30 });
  const seen: StandbyRecord = {
    ...{ version: 1, inStep: false, seenAt: Date.now(), exportName: '' },
  };
  let served: ServingDisk | undefined;
  let mirror: StandbyMirror | undefined;
  const lost = { why: undefined as string | undefined };
  const targetLost = { why: undefined as string | undefined, hangs: false };
  const watching = new AbortController();
  void guest.gone.then((why) => (lost.why = why));
  /** In order: nobody needs the copy any more, and the source starts by itself again. */
  const endWith = async (reason: string): Promise<MoveResult> => {
    // Where the source is lost, too, what is known of its copy has to stand.
    await vmm.shell.run(['true'], { timeout: 30 });
    seen.inStep = false;
    try {
      writeStandby(work, { ...seen, reason });
    } catch {
      // On a full disk, too: a copy that is not on record is not started.
      forgetStandby(work);
    }
    await mirror?.end();
    try {
      await exhume(vmm.shell, path);
      await vmm.shell.run(['rm', '-f', '/run/vm/held'], { timeout: 30 });
    } catch (error) {
      const more = `${reason}; its tombstone may still be set: ${(error as Error).message}`;
      return { state: 'failed', reason: more, survivor: 'undecided' };
    }
    watching.abort();
    await served?.stop().catch(() => undefined);
    const remove = ['rm', '-rf', '--', target.directory] as const;
    await target.host.shell.run(remove, { timeout: 60 }).catch(() => undefined);
    return { state: 'failed', reason, survivor: 'source-guest', guest };
  };
  try {
    served = await serveDisk(target.host, spec.disk.path, ledger);
    seen.exportName = served.name;
    void served.gone.then((why) => (targetLost.why = why));
    void watch(served, watching.signal).then((hangs) => (targetLost.hangs = hangs));
    mirror = await keepInStep(guest, served);
    for (;;) {
      if (signal.aborted) return await endWith('it was ended');
      if (lost.why !== undefined) throw new Error(lost.why);
      const now = await mirror.look();
      if (now.state === 'broken') return await endWith(`the copy broke: ${now.reason}`);
      if (targetLost.hangs) {
        return await endWith(`the target's disk hangs: nothing was read in ${patience} s`);
      }
      if (targetLost.why !== undefined && !(await answers(target.host))) {
        // The guest's writes wait for the target, for as long as TCP does.
        return await endWith(`the target is lost: ${targetLost.why}`);
      }
      if (now.state === 'copying') {
        const figures = { diskTransferred: now.done, diskRemaining: now.all - now.done };
        onEvent({ at: clock.now(), event: 'progress', figures });
      } else {
        if (!seen.inStep) {
          onEvent({ at: clock.now(), event: 'mirror-ready' });
          const armed = await armTombstone(vmm.shell, path);
          await armed.bury();
          onEvent({ at: clock.now(), event: 'tombstone' });
        }
        const inStep = { ...seen, inStep: true, seenAt: Date.now() };
        try {
          writeStandby(work, inStep);
          Object.assign(seen, inStep);
        } catch (error) {
          // What was recorded before promises less: it stays true as long as the copy is in step.
          if (!seen.inStep) throw error;
        }
      }
      await sleep(interval * 1000, undefined, { signal }).catch(() => undefined);
    }
  } catch (error) {
    const why = lost.why ?? (error as Error).message;
    if (!seen.inStep) return await endWith(why).catch(() => sourceLost(why, seen));
    return sourceLost(why, seen);
  } finally {
    watching.abort();
  }
}

/** True once what serves a disk hangs; false when nobody wants to know any more. Never rejects. */
async function watch(served: ServingDisk, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await served.hangs(patience)) return !signal.aborted;
    await sleep(between * 1000, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** Whether a host can be reached, by a connection that it may have to make anew. */
async function answers({ shell }: Host): Promise<boolean> {
  return shell.run(['true'], { timeout: 10 }).then(
    () => true,
    () => false,
  );
}

function sourceLost(why: string, { inStep }: StandbyRecord): MoveResult {
  const copy = inStep ? 'its copy on the target was in step' : 'its copy was not in step yet';
  const reason = `the source is lost: ${why}; ${copy}`;
  return { state: 'failed', reason, survivor: 'undecided' };
}

import type { Guest, GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { MigrationEvent, MigrationMethod } from '../../../hypervisor/migration.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { proveEnded } from '../../prove-ended.ts';
import { armTombstone, exhume, isBuried, type ArmedTombstone } from '../boot-path/tombstone.ts';
import type { BootPath } from '../boot-path/boot-path.ts';
import { freezeForCheck, type FrozenDisks } from '../check/frozen.ts';
import type {
  ConversionBoundary,
  ConversionSurvivor,
  ConversionTarget,
  OnConversionEvent,
} from '../conversion.ts';
import { greeterOf, untilAnswers, type Greeter } from '../vmm/greeting.ts';
import type { SwitchedMachine } from './enter.ts';

/** How a guest's way from its own machine to the target ended. */
export type MoveResult = (
  | { state: 'completed'; survivor: 'target'; guest: Guest }
  | { state: 'failed'; reason: string; survivor: ConversionSurvivor; guest?: Guest }
) & {
  /** Where the target runs it, and a check was asked for. */
  frozen?: FrozenDisks;
};

/** How the second outage may be, and when the way is given up. */
export interface MoveSettings {
  /** Seconds that QEMU may take for the switchover. */
  downtimeLimit: number;
  /** Bytes a second at most; undefined: as fast as it goes. */
  bandwidth: number | undefined;
  /** Seconds until a mirror or a memory that does not converge is given up: the guest stays. */
  timeout: number;
  /** Instead of moving it: keep its disk in step with the target's, until it is ended (`standby/`). */
  standby?: boolean;
}

/** From the machine to the target. */
export interface Way {
  target: ConversionTarget;
  /** The guest as it shall be on the target; its disk, empty and of the same size, is there. */
  spec: GuestSpec;
  path: BootPath;
  /** The machine in the inventory: how it is known whether its system answers. */
  source?: HostEntry | undefined;
  settings: MoveSettings;
  /** A bitmap of the guest's disk: the target has all that it has not marked. Absent: nothing. */
  changesIn?: string;
  /** How the VMM is reached for a check of both disks, which are kept for it. Absent: none is wanted. */
  rescue?: HostEntry | undefined;
}

/** Seconds for the machine's system to answer from the target. */
const patience = 60;

/**
 * Asks for the machine's address from its old place until it answers from the new one: so that switches
 * learn where it is. QEMU announces the hardware address of its network card; the machine's bridge or
 * bond may have another.
 */
const seek =
  'timeout "$2" sh -c \'until timeout 0.3 arping -q -f -c 1 -I br0 "$0"; do :; done\' "$1"';
/** Seconds for that. */
const seeking = 30;

/** Which boundary an event of the migration is. */
const boundaries: Partial<Record<MigrationEvent['event'], ConversionBoundary>> = {
  'mirror-ready': 'mirror-ready',
  stop: 'guest-stopped',
  resume: 'target-running',
};

/**
 * Mirrors the disk of a machine that runs as a guest on its own hardware, and moves it live: the
 * second outage. The tombstone is set when the guest has stopped there for good, its disk is mirrored
 * whole and the target has its memory, and before the target runs. Where the target dies before, the
 * guest goes on at the source, and the tombstone is taken back.
 */
export async function moveToTarget(
  { vmm, guest }: SwitchedMachine,
  { target, spec, path, source, settings, changesIn, rescue }: Way,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<MoveResult> {
  const { clock } = vmm;
  const { migration } = target.hypervisor;
  if (migration === undefined) throw new Error(`${target.hypervisor.name} cannot migrate guests`);
  // Whoever is stopped by this VMM's end of a guest shall not restart the machine.
  await vmm.shell.run(['touch', '/run/vm/held'], { timeout: 30 });
  let armed: ArmedTombstone;
  try {
    armed = await armTombstone(vmm.shell, path);
  } catch (error) {
    return stayed({ vmm, guest }, path, false, (error as Error).message);
  }
  let burying: Promise<void> | undefined;
  let frozen: FrozenDisks | undefined;
  const permit = async (arriving: Guest) => {
    const asked = vmm.shell.start(['sh', '-c', seek, 'sh', addressOf(spec), String(seeking)]);
    asked.catch(() => undefined);
    burying = armed.bury().then(() => onEvent({ at: clock.now(), event: 'tombstone' }));
    const keeping = rescue && freezeForCheck(arriving, path, rescue);
    [, frozen] = await Promise.all([burying, keeping]);
  };
  try {
    await Promise.all([vmm.clock.refit(), target.host.clock.refit()]);
    const prepared = await migration.prepare(
      guest,
      target.host,
      spec,
      methodOf(settings, changesIn),
    );
    const outcome = await prepared.run(signal, (event) => tell(event, onEvent), permit);
    await burying?.catch(() => undefined);
    if (outcome.state === 'switched') {
      const greeter = greeterOf(addressOf(spec), source);
      const result = await commit(guest, outcome.guest, greeter, signal, onEvent);
      return { ...result, ...(frozen && { frozen }) };
    }
    const reason = outcome.state === 'failed' ? outcome.reason : notConverged(settings);
    return await stayed({ vmm, guest }, path, burying !== undefined, reason);
  } catch (error) {
    await burying?.catch(() => undefined);
    return await stayed({ vmm, guest }, path, burying !== undefined, (error as Error).message);
  } finally {
    armed.disarm();
  }
}

function addressOf({ network }: GuestSpec): string {
  return (network.kind === 'bridge' && network.address?.split('/')[0]) || '';
}

function tell({ event, at, figures }: MigrationEvent, onEvent: OnConversionEvent): void {
  const boundary = boundaries[event];
  if (boundary !== undefined) onEvent({ at, event: boundary });
  else if (event === 'progress') onEvent({ at, event, ...(figures && { figures }) });
}

function notConverged({ timeout }: MoveSettings): string {
  return `it did not converge within ${timeout} s: the machine writes faster than the wire carries`;
}

/** The target runs: the conversion counts when it answers, and the source is proven not to run it. */
async function commit(
  source: Guest,
  guest: Guest,
  greeter: Greeter,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<MoveResult> {
  const { clock, name } = guest.host;
  const [answered, doubt] = await Promise.all([
    untilAnswers(greeter, clock, patienceWith([guest.host], patience), signal),
    proveEnded(source),
  ]);
  if (answered !== undefined) onEvent({ at: answered, event: 'target-answered' });
  if (doubt !== undefined) {
    // Its CPUs are stopped for good, and the tombstone keeps its disk from starting.
    const reason = `the guest runs on ${name}; that the source has ended is not proven: ${doubt}`;
    return { state: 'failed', reason, survivor: 'target', guest };
  }
  // Also where nobody answers: the newest disk is there, and the source stays off.
  onEvent({ at: clock.now(), event: 'committed' });
  if (answered === undefined) {
    const reason = signal.aborted
      ? `the guest runs on ${name}; whether it answers was not waited for`
      : `the guest runs on ${name}, but does not answer at ${greeter.address}`;
    return { state: 'failed', reason, survivor: 'target', guest };
  }
  return { state: 'completed', survivor: 'target', guest };
}

/** Who is left where the guest was not moved, and whether the tombstone says the same. */
async function stayed(
  { vmm, guest }: SwitchedMachine,
  path: BootPath,
  touched: boolean,
  reason: string,
): Promise<MoveResult> {
  if (!(await guest.running())) return { state: 'failed', reason, survivor: 'undecided' };
  try {
    if (touched || (await isBuried(vmm.shell, path))) await exhume(vmm.shell, path);
    await vmm.shell.run(['rm', '-f', '/run/vm/held'], { timeout: 30 });
    return { state: 'failed', reason, survivor: 'source-guest' };
  } catch (error) {
    const more = `${reason}; the machine runs, but its tombstone may still be set: ${(error as Error).message}`;
    return { state: 'failed', reason: more, survivor: 'source-guest' };
  }
}

function methodOf(
  { downtimeLimit, bandwidth, timeout }: MoveSettings,
  changesIn: string | undefined,
): MigrationMethod {
  return {
    ...(changesIn !== undefined && { changesIn }),
    ...{ method: 'pre-copy', postCopyAfter: 0, disk: 'mirror', multifd: 0, xbzrle: false },
    ...{ autoConverge: false, downtimeLimit, bandwidth, transport: 'direct', timeout },
  };
}

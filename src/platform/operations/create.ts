import type { Clock } from '../../base/clock.ts';
import {
  fitClockOffset,
  firstAnswer,
  type ClockOffset,
  type ServiceAnswer,
} from '../guest/service.ts';
import type { Guest, GuestSpec, Hypervisor } from '../hypervisor/hypervisor.ts';
import type { SavedState } from '../hypervisor/saved-state.ts';
import type { Host } from '../remote/host.ts';
import { provisionDisk, type Image, type Provisioning } from '../storage/provision.ts';
import { orFailed } from './or-failed.ts';
import { restoreGuest, statesOf } from './restore.ts';

/** What is needed to create one guest. */
export interface CreateRequest {
  /** Everything but the file and format of its disk, which provisioning decides. */
  spec: Omit<GuestSpec, 'disk'> & { disk: Omit<GuestSpec['disk'], 'path' | 'format'> };
  template: Image;
  /** What the guest is restored from, with a template that fits it; absent: it boots. */
  state?: SavedState;
  /** Where the disk goes: on the storage of the template. */
  diskPath: string;
  provisioning: Provisioning;
  /** Seconds until a guest that has not answered has failed. */
  bootTimeout: number;
}

/**
 * The boundaries of guest creation, as they are passed. `agent` and `service` come in any order,
 * `kernel` and `init` only from guests that write to their console, `agent` only from images that
 * have one. A guest that is restored passes `restored` (its state is loaded, its CPUs are held) and
 * `identity` (it has names and addresses of its own) instead of `kernel` and `init`.
 */
export type CreateBoundary =
  | 'requested'
  | 'provisioned'
  | 'defined'
  | 'monitor'
  | 'restored'
  | 'kernel'
  | 'init'
  | 'agent'
  | 'identity'
  | 'service';

/** When each boundary was passed, in seconds on our clock. */
export type CreateStamps = Partial<Record<CreateBoundary, number>>;

/** The same boundaries as another clock or another program saw them, in seconds on our clock. */
export type CreateChecks = Partial<Record<CreateBoundary, number>>;

export interface CreatedGuest {
  guest: Guest;
  stamps: CreateStamps & { requested: number; service: number };
  /**
   * `monitor` (`restored` of a guest that was): the hypervisor's stamp of letting the CPUs go.
   * `kernel`: its stamp of the first byte on the console, unless a boot loader may have written that.
   * `init`, `agent`, `identity`, `service`: the guest's own clock, mapped to ours.
   */
  checks: CreateChecks;
  clockOffset: ClockOffset;
  /** Identity of this boot, as the service gives it. */
  instance: string;
}

/**
 * Creates one guest, from the disk to the first correct answer of its service. Every boundary is
 * told to `onBoundary` when it is passed.
 * @throws Error that says which boundary was not reached and what the hypervisor or the console
 *   said; nothing of the guest runs then
 */
export async function createGuest(
  { host, hypervisor }: { host: Host; hypervisor: Hypervisor },
  { spec, template, state, diskPath, provisioning, bootTimeout }: CreateRequest,
  signal: AbortSignal,
  onBoundary: (boundary: CreateBoundary) => void = () => undefined,
): Promise<CreatedGuest> {
  const { shell, clock } = host;
  const stamps: CreateStamps & { requested: number } = { requested: clock.now() };
  const pass = (boundary: CreateBoundary) => {
    stamps[boundary] = clock.now();
    onBoundary(boundary);
  };
  onBoundary('requested');

  const disk = await provisionDisk(shell, template, diskPath, provisioning, signal);
  pass('provisioned');
  await shell.run(['mkdir', '-p', spec.directory]);
  pass('defined');
  const whole: GuestSpec = { ...spec, disk: { ...spec.disk, ...disk } };
  const guest =
    state === undefined
      ? await hypervisor.launch(host, whole)
      : await statesOf(hypervisor).launch(host, whole, state);
  pass('monitor');
  const course = { clock, timeout: bootTimeout, signal, pass };
  try {
    return state === undefined
      ? await booted(guest, stamps, course)
      : await restored(guest, stamps, { ...course, state });
  } catch (error) {
    await guest.destroy();
    throw error;
  }
}

/**
 * Starts a guest whose disk is there, to the first correct answer of its service.
 * @throws Error as `createGuest` does; nothing of the guest runs then
 */
export async function startGuest(
  { host, hypervisor }: { host: Host; hypervisor: Hypervisor },
  spec: GuestSpec,
  timeout: number,
  signal: AbortSignal,
): Promise<CreatedGuest> {
  const { shell, clock } = host;
  const stamps: CreateStamps & { requested: number } = { requested: clock.now() };
  await shell.run(['mkdir', '-p', spec.directory]);
  const guest = await hypervisor.launch(host, spec);
  const pass = (boundary: CreateBoundary) => {
    stamps[boundary] = clock.now();
  };
  pass('monitor');
  try {
    return await booted(guest, stamps, { clock, timeout, signal, pass });
  } catch (error) {
    await guest.destroy();
    throw error;
  }
}

interface Course {
  clock: Clock;
  /** Seconds until a guest that has not answered has failed. */
  timeout: number;
  signal: AbortSignal;
  pass: (boundary: CreateBoundary) => void;
}

async function booted(
  guest: Guest,
  stamps: CreateStamps & { requested: number },
  { clock, timeout, signal, pass }: Course,
): Promise<CreatedGuest> {
  await guest.resume();
  const { answer, agentWallTime } = await untilAnswered(guest, clock, timeout, signal, pass);
  const bootsItself = guest.spec.kernel === undefined;
  const kernel = bootsItself ? guest.console.mark('kernel')?.at : guest.console.firstByte;
  if (kernel !== undefined) stamps.kernel = kernel;
  const init = guest.console.mark(bootsItself ? 'kernel-init' : 'init');
  if (init) stamps.init = init.at;
  const clockOffset = await fitClockOffset(guest.service.udp, clock);
  const { running, console } = guest.stamps;
  return {
    guest,
    stamps: { ...stamps, service: answer.at },
    checks: {
      ...(running !== undefined && { monitor: running }),
      ...(console !== undefined && !bootsItself && { kernel: console }),
      ...(init && { init: init.guestTime + clockOffset.sinceBoot }),
      ...(agentWallTime !== undefined && { agent: agentWallTime + clockOffset.wall }),
      service: answer.guestTime + clockOffset.sinceBoot,
    },
    clockOffset,
    instance: answer.instance,
  };
}

async function restored(
  guest: Guest,
  stamps: CreateStamps & { requested: number },
  course: Course & { state: SavedState },
): Promise<CreatedGuest> {
  const { answer, identityTime } = await restoreGuest(guest, course);
  const clockOffset = await fitClockOffset(guest.service.udp, course.clock);
  const { running } = guest.stamps;
  return {
    guest,
    stamps: { ...stamps, service: answer.at },
    checks: {
      ...(running !== undefined && { restored: running }),
      identity: identityTime + clockOffset.sinceBoot,
      service: answer.guestTime + clockOffset.sinceBoot,
    },
    clockOffset,
    instance: answer.instance,
  };
}

/** Waits for agent and service at once. A guest that says that it has no agent needs none. */
async function untilAnswered(
  guest: Guest,
  clock: Clock,
  timeout: number,
  signal: AbortSignal,
  pass: (boundary: 'agent' | 'service') => void,
): Promise<{ answer: ServiceAnswer; agentWallTime: number | undefined }> {
  let served = false;
  const lacking = () => (served ? 'answered, but its guest agent did not' : 'did not answer');
  return orFailed(guest, { timeout, signal }, lacking, async (stop) => {
    const service = firstAnswer(guest.service.udp, clock, stop).then((answer) => {
      pass('service');
      served = true;
      return answer;
    });
    const agent = guest.control.ready().then((wallTime) => {
      pass('agent');
      return wallTime;
    });
    const noAgent = guest.console.marked('no_agent').then(() => undefined);
    // Who loses the race may fail later, when nobody looks.
    agent.catch(() => undefined);
    const both = Promise.all([service, Promise.race([agent, noAgent])]);
    const [answer, agentWallTime] = await both;
    return { answer, agentWallTime };
  });
}

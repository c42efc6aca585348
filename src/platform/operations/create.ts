import type { Clock } from '../../base/clock.ts';
import {
  fitClockOffset,
  firstAnswer,
  type ClockOffset,
  type ServiceAnswer,
} from '../guest/service.ts';
import type { Guest, GuestSpec, Hypervisor } from '../hypervisor/hypervisor.ts';
import type { Host } from '../remote/host.ts';
import { provisionDisk, type Image, type Provisioning } from '../storage/provision.ts';

/** What is needed to create one guest. */
export interface CreateRequest {
  /** Everything but the file and format of its disk, which provisioning decides. */
  spec: Omit<GuestSpec, 'disk'> & { disk: Omit<GuestSpec['disk'], 'path' | 'format'> };
  template: Image;
  /** Where the disk goes: on the storage of the template. */
  diskPath: string;
  provisioning: Provisioning;
  /** Seconds until a guest that has not answered has failed. */
  bootTimeout: number;
}

/**
 * The boundaries of guest creation, as they are passed. `agent` and `service` come in any order,
 * `kernel` and `init` only from guests that write to their console, `agent` only from images that
 * have one.
 */
export type CreateBoundary =
  'requested' | 'provisioned' | 'defined' | 'monitor' | 'kernel' | 'init' | 'agent' | 'service';

/** When each boundary was passed, in seconds on our clock. */
export type CreateStamps = Partial<Record<CreateBoundary, number>>;

/** The same boundaries as another clock or another program saw them, in seconds on our clock. */
export type CreateChecks = Partial<Record<CreateBoundary, number>>;

export interface CreatedGuest {
  guest: Guest;
  stamps: CreateStamps & { requested: number; service: number };
  /**
   * `monitor`: the hypervisor's stamp of letting the CPUs go. `kernel`: its stamp of the first byte
   * on the console, unless a boot loader may have written that. `init`, `agent`, `service`: the
   * guest's own clock, mapped to ours.
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
  { spec, template, diskPath, provisioning, bootTimeout }: CreateRequest,
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
  const guest = await hypervisor.launch(host, { ...spec, disk: { ...spec.disk, ...disk } });
  pass('monitor');
  try {
    await guest.resume();
    const { answer, agentWallTime } = await untilAnswered(guest, clock, bootTimeout, signal, pass);
    const bootsItself = spec.kernel === undefined;
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
  } catch (error) {
    await guest.destroy();
    throw error;
  }
}

/**
 * Waits for agent and service at once, and for what may keep them from ever answering. A guest that
 * says that it has no agent needs none.
 */
async function untilAnswered(
  guest: Guest,
  clock: Clock,
  timeout: number,
  signal: AbortSignal,
  pass: (boundary: 'agent' | 'service') => void,
): Promise<{ answer: ServiceAnswer; agentWallTime: number | undefined }> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  let served = false;
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
  const failure = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      const what = served ? 'answered, but its guest agent did not' : 'did not answer';
      reject(new Error(`${what} within ${timeout} s${lastWords(guest)}`));
    }, timeout * 1000);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(stop.reason as Error);
    });
    void guest.gone.then((why) => reject(new Error(`${why}${lastWords(guest)}`)));
  });
  try {
    const both = Promise.all([service, Promise.race([agent, noAgent])]);
    const [answer, agentWallTime] = await Promise.race([both, failure]);
    return { answer, agentWallTime };
  } finally {
    // What still waits must stop, and its rejection has been told or does not matter.
    for (const promise of [service, agent, failure]) void promise.catch(() => undefined);
    ended.abort(new Error('answered'));
  }
}

function lastWords({ faults, console }: Guest): string {
  const lines = console.text.trim().split(/\r?\n/).slice(-3);
  const said = lines.join('') === '' ? 'is empty' : `ends: ${lines.join(' | ')}`;
  return [...faults.slice(0, 1).map((fault) => `; ${fault}`), `; its console ${said}`].join('');
}

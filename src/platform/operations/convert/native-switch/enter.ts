import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { adopt } from '../../../hypervisor/qemu/adopt.ts';
import type { Guest, GuestSpec } from '../../../hypervisor/hypervisor.ts';
import { patienceWith } from '../../../remote/patience.ts';
import type { Host } from '../../../remote/host.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import type { ConversionSource, OnConversionEvent, SourceFacts } from '../conversion.ts';
import { guestFolder } from '../vmm-image/order.ts';
import { cutOver } from '../vmm/cut-over.ts';
import { firstGreeting, greeterOf, untilSilent } from '../vmm/greeting.ts';
import { reachVmm } from '../vmm/reach.ts';
import type { StagedVmm } from '../vmm/stage.ts';

/** A machine that runs as a guest on its own hardware. */
export interface SwitchedMachine {
  /** Its shell must be closed at the end. */
  vmm: Host;
  guest: Guest;
}

/** Seconds that the machine's system gets to answer: as a guest, or from its hardware where no VMM came up. */
const patience = 300;

export interface EnterRequest {
  staged: StagedVmm;
  spec: GuestSpec;
  /** How the VMM is reached. */
  entry: HostEntry;
  /** Lets the machine's kernel give way to the VMM; as soon as it can by default. */
  giveWay?: typeof cutOver;
}

/**
 * The first outage: the machine's system ends, the loaded VMM takes over and starts it as a guest.
 * @param signal ends waiting: what has begun goes on by itself
 * @throws Error that says how far it came; the machine starts by itself from its own disk where the
 *   VMM does not come up
 */
export async function enterVmm(
  source: ConversionSource,
  facts: Pick<SourceFacts, 'address'>,
  { staged, spec, entry, giveWay = cutOver }: EnterRequest,
  onEvent: OnConversionEvent,
  signal?: AbortSignal,
): Promise<SwitchedMachine> {
  const { clock } = source;
  await giveWay(source, staged, (event, at) => onEvent({ at, event }));
  const greeter = greeterOf(facts.address, source.entry);
  await untilSilent(greeter, clock, patienceWith([source], patience));
  // Nobody logs in on the VMM before: that would take time from the guest that boots.
  const answered = await firstGreeting(greeter, clock, patienceWith([source], patience), signal);
  if (answered !== undefined) onEvent({ at: answered, event: 'guest-answered' });
  let vmm: Host;
  try {
    vmm = await reachVmm(entry, clock, signal);
  } catch (cause) {
    const fate =
      answered === undefined
        ? `${source.name} does not answer either`
        : `the machine's own system answers: it has started again by itself`;
    throw new Error(`${(cause as Error).message}; ${fate}`, { cause });
  }
  try {
    onEvent({ at: clock.now(), event: 'vmm-answered' });
    const guest = await adoptGuest(vmm, spec);
    if (answered === undefined) {
      throw new Error(`${source.name} runs as a guest, but does not answer at ${greeter.address}`);
    }
    return { vmm, guest };
  } catch (error) {
    await vmm.shell.close();
    throw error;
  }
}

/**
 * The guest of a VMM that runs already.
 * @throws Error with the last words of its QEMU if it does not
 */
export async function adoptGuest(vmm: Host, spec: GuestSpec): Promise<Guest> {
  const { shell } = vmm;
  const limit = { timeout: 30 };
  try {
    const { stdout } = await shell.run(['cat', `${guestFolder}/pid`], limit);
    return await adopt(qemu, vmm, spec, Number(stdout.trim()));
  } catch (cause) {
    const log = await shell
      .run(['tail', '-n', '3', `${guestFolder}/log`], limit)
      .catch(() => undefined);
    const said =
      log === undefined || log.stdout === '' ? '' : `; its QEMU said: ${log.stdout.trim()}`;
    throw new Error(`${vmm.name} runs no guest: ${(cause as Error).message}${said}`, { cause });
  }
}

import { bytesText, durationText } from '../../analysis/quantity.ts';
import { hotplugOptions } from '../../measure/hotplug/options.ts';
import { managerOptions } from '../../measure/manager/options.ts';
import { relievedFor, relievedShare } from '../../measure/sharing/figures.ts';
import { sharingOptions } from '../../measure/sharing/options.ts';
import { wireOptions } from '../../measure/wire/options.ts';
import type { Run } from '../../results/schema.ts';

/** What was done in a trial that plugs devices, overloads a service, or asks the manager. */
export function operationParagraphs({ scenario }: Pick<Run, 'scenario'>): string[] {
  const measure = (scenario['measure'] ?? {}) as Record<string, unknown>;
  // One that this version cannot read does not keep the others from being told.
  const read = <Options>(
    name: string,
    schema: { safeParse: (value: unknown) => { data?: Options } },
  ) => (measure[name] === undefined ? undefined : schema.safeParse(measure[name]).data);
  const hotplug = read('hotplug', hotplugOptions);
  const sharing = read('sharing', sharingOptions);
  const manager = read('manager', managerOptions);
  const wire = read('wire', wireOptions);
  return [
    ...(hotplug === undefined
      ? []
      : [
          `Hotplug: in each trial the device of the arm was plugged into a running guest, or taken out of it, ${times(hotplug.rounds)}, and the change undone in between. The return of the call was stamped on the controller, the moment at which the guest saw the change in the guest and mapped to the controller's clock, with the uncertainty of that mapping recorded. What the guest had not seen after ${durationText(hotplug.timeout)} counts as refused.`,
        ]),
    ...(sharing === undefined ? [] : [sharingText(sharing)]),
    ...(manager === undefined
      ? []
      : [
          `Manager: master and operator were one process and the agents another beside it, over mutual TLS and sealed messages on its loopback; guests were only names, so that nothing but the manager is measured. ${manager.operations} guests were created at ${manager.rate} a second whatever the master answered, the latency of each counted from the moment at which it was due until it was accepted, and done; then ${manager.burst} at once, for operations a second.`,
        ]),
    ...(wire === undefined
      ? []
      : [
          `Wire: an agent and its master, both in one process, exchanged a heartbeat of ${bytesText(wire.size)} (before it is protected) and its answer over the loopback, one after the other, for ${durationText(wire.duration)} after ${durationText(wire.warmUp)} of which nothing counts, in a session that stood. Messages a second on one core are the messages over the CPU time of the process, which did the work of both ends: reading, checking and writing XML and HTTP included.`,
        ]),
  ];
}

function sharingText({
  services,
  overload,
  before,
  during,
  after,
  interval,
  limit,
}: ReturnType<typeof sharingOptions.parse>): string {
  const asked = services.map(
    ({ name, load, capacity }) => `${name} (${load} of ${capacity} requests a second)`,
  );
  return `Sharing: ${services.length} services behind one front, each in a guest of its own, were asked by open-loop clients, at moments that did not depend on the answers: ${asked.join(', ')}. After ${durationText(before)} the first was asked for ${overload} a second, for ${durationText(during)}, and then as before for ${durationText(after)}. The policy looked at the counters of the front every ${durationText(interval)}. Goodput counts answers within ${durationText(limit)}; relief has come when ${Math.round(relievedShare * 100)} % of what the overloaded service is asked are answered so, for ${durationText(relievedFor)} at least.`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

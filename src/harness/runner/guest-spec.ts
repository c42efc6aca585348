import { randomBytes } from 'node:crypto';
import type { GuestImage } from '../../platform/guest/image/guest-image.ts';
import type { AcceleratorName, GuestSpec } from '../../platform/hypervisor/hypervisor.ts';
import type { CreateRequest } from '../../platform/operations/create.ts';
import { roomFor } from '../measure/hotplug/changes.ts';
import type { Levels } from '../scenario/levels.ts';

/** What a guest of the given levels shall be. */
export function guestSpec({
  name,
  levels,
  image,
  directory,
  consoleLog,
  environment,
  accelerator,
  network,
  domainXml,
  hotplugScripts,
  hotplug = false,
}: {
  name: string;
  levels: Levels;
  image: Pick<GuestImage, 'kernel' | 'seed'>;
  directory: string;
  consoleLog: string;
  environment: Readonly<Record<string, string>>;
  accelerator: AcceleratorName;
  network: GuestSpec['network'];
  domainXml?: string | undefined;
  /** Directory of the light ones. */
  hotplugScripts?: string | undefined;
  /** Whether something shall come into it later. */
  hotplug?: boolean;
}): CreateRequest['spec'] {
  const { emulator, machine, cpu, vcpus, memory, hugepages } = levels;
  const { cache, aio, iothread, queues } = levels;
  // QEMU's user network expects its guest at this one.
  const address = network.kind === 'user' ? '10.0.2.15/24' : network.address;
  return {
    ...{
      name,
      emulator,
      machine,
      cpu,
      vcpus,
      memory,
      hugepages,
      accelerator,
      directory,
      consoleLog,
      environment,
    },
    ...(hotplug && { maximum: roomFor(levels) }),
    pin: parseCpuList(levels.pin),
    disk: { cache, aio, iothread, queues },
    ...(image.seed !== undefined && { seed: image.seed }),
    ...(image.kernel && {
      kernel: {
        ...image.kernel,
        commandLine: [
          image.kernel.commandLine,
          `vg.name=${name}`,
          ...(address === undefined ? [] : [`vg.address=${address}`]),
        ].join(' '),
      },
    }),
    network,
    mac: randomMac(),
    ...(domainXml !== undefined && { domainXml }),
    ...(hotplugScripts !== undefined && levels.hotplugScripts === 'light' && { hotplugScripts }),
  };
}

/** `0-2,5` → 0, 1, 2, 5; `none` → nothing. */
export function parseCpuList(text: string): number[] {
  if (text === 'none') return [];
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => first + step);
  });
}

/** In the range that QEMU's makers hold. */
function randomMac(): string {
  return [
    '52',
    '54',
    '00',
    ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')),
  ].join(':');
}

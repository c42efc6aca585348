import { formatBitRate } from '../../base/bit-rate.ts';
import { formatBytes } from '../../base/units.ts';
import { quantity } from '../../harness/analysis/quantity.ts';
import type {
  Inspection,
  TargetInspection,
} from '../../platform/operations/convert/inspect/index.ts';

const width = 12;
const line = (topic: string, text: string) => `${topic.padEnd(width)}  ${text}`;

/** What was seen of the source, one topic a line. */
export function sourceLines(source: Inspection): string[] {
  const { host, system, kernel, processor, memory, disks, services, tracker } = source;
  const { rate, watched } = source.writeRate;
  const reads =
    source.readRate === undefined ? '' : `, read at ${quantity(source.readRate, 'B/s')}`;
  const told = tracker.kernel
    ? `told by blktrace${tracker.tool ? '' : ' (to be brought)'}`
    : 'not told by the kernel';
  return [
    line(host, `${system}, kernel ${kernel.version}`),
    line(
      'machine',
      `${processor.count} × ${processor.model}, ${processor.virtualization ?? 'no virtualization'}; ${formatBytes(memory.total)}, ${formatBytes(memory.used)} in use`,
    ),
    ...disks.map((disk, index) => line(index === 0 ? 'disks' : '', diskText(disk))),
    line('start', startText(source)),
    line('network', networkText(source)),
    line('serves', servesText(services)),
    line('writes', `${quantity(rate, 'B/s')} over ${quantity(watched, 's')}, ${told}${reads}`),
  ];
}

/** What was seen of the target, in one line. */
export function targetLine({
  host,
  storage,
  linkRate,
  linkProblem,
  processor,
}: TargetInspection): string {
  const room =
    storage === undefined
      ? 'no storage'
      : `${storage.name} ${formatBytes(storage.free)} free${storage.rate === undefined ? '' : `, takes ${quantity(storage.rate, 'B/s')}`}`;
  const link =
    linkRate === undefined
      ? `link not measured: ${linkProblem ?? 'unknown'}`
      : `link ${formatBitRate(linkRate)}`;
  return line('target', `${host}: ${room}; ${link}; ${processor.kvm ? 'KVM' : 'no KVM'}`);
}

function diskText({ path, size, used, volumes }: Inspection['disks'][number]): string {
  const parts = volumes.map(({ name, content, mountPoint, through }) => {
    const lies = through.filter((type) => type !== 'part');
    const kind = [...(content === undefined ? [] : [content]), ...lies].join(' on ');
    return `${mountPoint ?? name} ${kind}`.trimEnd();
  });
  const on = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return `${path}  ${formatBytes(size)}, ${formatBytes(used)} used${on}`;
}

function startText({ firmware, bootLoader, drivers, kexec, bootTimes }: Inspection): string {
  const places = {
    'at-boot': 'virtio at boot',
    'on-disk': 'no virtio in the initramfs',
    unknown: 'virtio not known',
    absent: 'no virtio',
  } as const;
  const allowed =
    !kexec.supported || kexec.disabled || kexec.lockdown !== 'none' ? 'no kexec' : 'kexec';
  const { kernel, services } = bootTimes;
  const took =
    kernel === undefined
      ? []
      : [
          `last start: kernel ${quantity(kernel, 's')}${services === undefined ? '' : `, services ${quantity(services, 's')}`}`,
        ];
  return [
    `${firmware.kind.toUpperCase()}${firmware.secureBoot ? ' with Secure Boot' : ''}`,
    bootLoader.name === 'grub' ? 'GRUB' : (bootLoader.name ?? 'no boot loader found'),
    places[drivers.virtioDisk],
    allowed,
    ...took,
  ].join(', ');
}

function networkText({ carrier, network }: Inspection): string {
  if (carrier === undefined) return 'no card carries an address';
  const addressed = network.interfaces.find(({ name }) => name === network.main) ?? carrier;
  const below =
    addressed.name === carrier.name ? carrier.name : `${addressed.name} on ${carrier.name}`;
  const speed = carrier.speed === undefined ? '' : `, ${formatBitRate(carrier.speed)}`;
  const by = network.gateway === undefined ? '' : `, by ${network.gateway}`;
  return `${below}  ${carrier.mac}  ${addressed.addresses.join(' ') || 'no address'}${by}${speed}`;
}

function servesText({ ports, units }: Inspection['services']): string {
  const listed = ports.length === 0 ? 'no TCP port' : `TCP ${ports.join(', ')}`;
  if (units === undefined) return listed;
  const shown = units.slice(0, 8).join(', ');
  return `${listed}; ${units.length} units: ${shown}${units.length > 8 ? ', …' : ''}`;
}

import { UserError } from '../../../base/errors.ts';
import type { SourceFacts } from './conversion.ts';
import { mendsOf, nothingToMend } from './fix-up/mends.ts';
import { placeOf } from './inspect/disks.ts';
import type { Inspection } from './inspect/index.ts';

/**
 * What a conversion takes from an inspection.
 * @throws UserError if the machine has no disk with `/`, no kernel file, or no card with its address
 */
export function sourceFacts(source: Inspection): SourceFacts {
  const { host, kernel, root, carrier, network, memory, processor, firmware, bootLoader } = source;
  const missing = (message: string, remedy: string) =>
    new UserError({ where: host, message, remedy });
  const disk = root && placeOf(bootLoader.grubConfig ?? '/', source.disks)?.disk;
  const others = source.disks.filter((each) => each !== disk);
  if (disk === undefined) {
    throw missing('expected / on a disk of the machine, found none', 'See: virtgauge p2v plan.');
  }
  const { image, initramfs, version, commandLine } = kernel;
  if (image === undefined || initramfs === undefined) {
    throw missing(
      `expected the files of kernel ${version}, found ${image ?? 'no kernel'} and ${initramfs ?? 'no initramfs'}`,
      `Put them at /boot/vmlinuz-${version} and /boot/initrd.img-${version}.`,
    );
  }
  const addressed = network.interfaces.find(({ name }) => name === network.main);
  const address = addressed?.addresses.find((each) => each.includes('.'));
  if (carrier === undefined || address === undefined) {
    throw missing(
      'expected an IPv4 address on a card, or on a bridge or bond of cards, found none',
      'See: virtgauge p2v plan.',
    );
  }
  const mends = mendsOf(source);
  const size = ({ path, size: bytes }: typeof disk) => ({ path, bytes });
  return {
    disks: [size(disk), ...others.map(size)],
    nic: {
      ...{ name: carrier.name, mac: carrier.mac },
      ...(carrier.permanentMac !== undefined && { permanentMac: carrier.permanentMac }),
      alone: network.interfaces.filter(({ physical }) => physical).length === 1,
    },
    address,
    ...(network.gateway !== undefined && { gateway: network.gateway }),
    memory: memory.total,
    vcpus: processor.count,
    kernel: { version, image, initramfs, commandLine },
    drivers: source.deviceModules,
    firmware: firmware.kind,
    ...(firmware.entries && { bootEntries: firmware.entries }),
    ...(bootLoader.grubConfig !== undefined && { grubConfig: bootLoader.grubConfig }),
    lockdown: source.kexec.lockdown !== 'none',
    ...(!nothingToMend(mends) && { mends }),
  };
}

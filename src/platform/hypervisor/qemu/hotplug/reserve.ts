import type { GuestSpec } from '../../hypervisor.ts';

/** Ids of what a guest has so that memory can come and go. */
export const memoryRoom = { device: 'vmem0', backend: 'vmem0-ram', balloon: 'balloon0' };

/** Devices that a guest of machine type q35 can get: each needs a port of its own. */
export const ports = ['hot0', 'hot1', 'hot2', 'hot3'] as const;

/** Modules of memory that a guest can get. */
const slots = 16;
const mebibyte = 2 ** 20;

/**
 * The options that say how many vCPUs and how much memory a guest has, and what makes room for more.
 * Both ways by which memory comes may bring all that is allowed: one of them is used.
 */
export function sizeOptions({ vcpus, memory, machine, maximum }: GuestSpec): string[] {
  const size = mebibytes(memory);
  if (maximum === undefined) return ['-smp', String(vcpus), '-m', `${size}M`];
  const more = Math.max(0, mebibytes(maximum.memory) - size);
  // virtio-mem counts in huge pages.
  const room = Math.ceil(more / 2) * 2;
  return [
    ...['-smp', `${vcpus},maxcpus=${Math.max(vcpus, maximum.vcpus)}`],
    ...['-m', more === 0 ? `${size}M` : `size=${size}M,slots=${slots},maxmem=${size + 2 * room}M`],
    ...['-device', `virtio-balloon-pci,id=${memoryRoom.balloon}`],
    ...(more === 0
      ? []
      : [
          ...['-object', `memory-backend-ram,id=${memoryRoom.backend},size=${room}M`],
          '-device',
          `virtio-mem-pci,id=${memoryRoom.device},memdev=${memoryRoom.backend},requested-size=0`,
        ]),
    ...(machine === 'q35'
      ? ports.flatMap((id, index) => ['-device', `pcie-root-port,id=${id},chassis=${index + 1}`])
      : []),
  ];
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / mebibyte);
}

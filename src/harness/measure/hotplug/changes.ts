import type { DiskSpec, GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import type { Change } from '../../../platform/operations/plug.ts';
import type { Levels } from '../../scenario/levels.ts';

/** Memory comes and goes in blocks of this size: what Linux on x86 handles as one. */
export const memoryBlock = 128 * 2 ** 20;

/** What a guest starts with that is to get more, or to give something back. */
export interface Subject {
  levels: Pick<Levels, 'device' | 'amount'>;
  spec: Pick<GuestSpec, 'vcpus' | 'memory' | 'mac' | 'network'>;
  /** Paths of disks that may be attached, one for each. */
  disks: readonly string[];
}

/**
 * The changes that bring all of it in, one after the other, each with the one that undoes it.
 * @param attached name of the disk that the first part attached, as the guest knows it
 */
export interface Step {
  in: Change;
  out: (attached: string | undefined) => Change;
}

/** What comes in, step by step. */
export function stepsOf({ levels: { device, amount }, spec, disks }: Subject): Step[] {
  switch (device) {
    case 'vcpu':
      return [
        {
          in: { device, vcpus: spec.vcpus + amount },
          out: () => ({ device, vcpus: spec.vcpus }),
        },
      ];
    case 'virtio-mem':
    case 'dimm':
      return [
        {
          in: memory(device, spec.memory + amount * memoryBlock),
          out: () => memory(device, spec.memory),
        },
      ];
    case 'balloon':
      // A guest has all of its memory at its start: what can come in has to go out first.
      return [
        {
          in: memory(device, spec.memory),
          out: () => memory(device, spec.memory - amount * memoryBlock),
        },
      ];
    case 'disk':
      return disks.slice(0, amount).map((path) => ({
        in: { device, attach: { path, format: 'raw', cache: 'none' } satisfies Attached },
        out: (attached) => ({ device, detach: attached ?? '' }),
      }));
    case 'nic':
      return Array.from({ length: amount }, (_, index) => {
        const mac = anotherMac(spec.mac, index);
        return {
          in: { device, attach: { mac, network: withoutAddress(spec.network) } },
          out: () => ({ device, detach: mac }),
        };
      });
  }
}

type Attached = Pick<DiskSpec, 'path' | 'format' | 'cache'>;

function memory(by: 'virtio-mem' | 'dimm' | 'balloon', bytes: number): Change {
  return { device: 'memory', by, bytes };
}

/** Like the guest's own, but for one byte that MACs of guests have 0. */
function anotherMac(mac: string, index: number): string {
  const bytes = mac.split(':');
  bytes[2] = (index + 1).toString(16).padStart(2, '0');
  return bytes.join(':');
}

function withoutAddress(network: GuestSpec['network']): GuestSpec['network'] {
  return network.kind === 'user' ? network : { kind: 'bridge', bridge: network.bridge };
}

/** What a guest has to be started for. */
export function roomFor({
  device,
  amount,
  vcpus,
  memory,
}: Pick<Levels, 'device' | 'amount' | 'vcpus' | 'memory'>): NonNullable<GuestSpec['maximum']> {
  const more = device === 'virtio-mem' || device === 'dimm' ? amount * memoryBlock : 0;
  return { vcpus: device === 'vcpu' ? vcpus + amount : vcpus, memory: memory + more };
}

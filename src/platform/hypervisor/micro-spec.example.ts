import { join } from 'node:path';
import type { GuestImage } from '../guest/image/index.ts';
import type { GuestSpec } from './hypervisor.ts';

type Changes = Pick<GuestSpec, 'name' | 'mac' | 'directory'> &
  Partial<Omit<GuestSpec, 'disk' | 'kernel'>> & { disk?: Partial<GuestSpec['disk']> };

/** A small emulated guest of a test, which boots the micro image; in a network of its own, as long as it gets none. */
export function microSpec({ kernel }: Pick<GuestImage, 'kernel'>, changes: Changes): GuestSpec {
  const { name, directory, network = { kind: 'user' }, disk } = changes;
  const address = (network.kind === 'bridge' && network.address) || '10.0.2.15/24';
  return {
    ...{ machine: 'pc', cpu: 'qemu64', accelerator: 'tcg', vcpus: 1, memory: 128 * 2 ** 20 },
    ...{ hugepages: false, pin: [], environment: {}, consoleLog: join(directory, 'console') },
    ...changes,
    network,
    disk: {
      ...{ path: join(directory, 'disk'), format: 'raw', cache: 'none' },
      ...{ aio: 'threads', iothread: false, queues: 1 },
      ...disk,
    },
    ...(kernel && {
      kernel: {
        ...kernel,
        commandLine: `${kernel.commandLine} vg.name=${name} vg.address=${address}`,
      },
    }),
  };
}

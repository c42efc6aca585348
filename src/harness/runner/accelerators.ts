import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import type { AcceleratorName } from '../../platform/hypervisor/hypervisor.ts';
import { runs, type Host } from '../../platform/remote/host.ts';
import type { Accelerator } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import { chooseAccelerator, type ProbeRequest } from './accelerator.ts';

type Wanted = Pick<Levels, 'hypervisor' | 'accelerator'>;

/** What runs the guests of a run's arms. */
export interface Accelerators {
  /** Of the guests of one arm. */
  of: (levels: Wanted) => AcceleratorName;
  /** For the record: by the levels of hypervisor and accelerator, in the order of the arms. */
  readonly facts: Record<string, Accelerator>;
}

/** The way in which Xen runs guests where nothing is said: the one with the least to emulate. */
const usualOfXen = 'xen-pvh';

/**
 * Decides for every arm; what is `auto` under QEMU and libvirt is probed on their hosts.
 * @param hosts on which guests may run
 * @param named whether the hosts have names that users know
 * @throws UserError if these have no accelerator in common
 */
export async function chooseAccelerators(
  arms: readonly Levels[],
  hosts: readonly Host[],
  probeOf: (host: Host) => ProbeRequest,
  named: boolean,
): Promise<Accelerators> {
  const open = arms.filter((arm) => arm.accelerator === 'auto' && arm.hypervisor !== 'xen');
  const probes = hosts.filter((host) => open.some(({ hypervisor }) => runs(host, hypervisor)));
  const probed = open.length === 0 ? undefined : await chooseAccelerator(probes.map(probeOf));
  const of = ({ hypervisor, accelerator }: Wanted): AcceleratorName => {
    if (accelerator !== 'auto') return accelerator;
    return hypervisor === 'xen' ? usualOfXen : (probed?.chosen ?? 'tcg');
  };
  const facts: Record<string, Accelerator> = {};
  for (const levels of arms) {
    const { hypervisor, accelerator } = levels;
    const name = of(levels);
    const { devices } = hypervisorNamed(hypervisor);
    const able = hosts.filter((host) => runs(host, hypervisor));
    const inside = able.some(({ emulated }) => emulated === true);
    const found = accelerator === 'auto' && hypervisor !== 'xen' ? probed?.why : undefined;
    facts[`${hypervisor}/${accelerator}`] = {
      ...{ name, emulated: name === 'tcg' || inside, why: found ?? 'asked for' },
      ...(inside && { inside: 'tcg' }),
      ...{ disk: devices.diskPath, network: devices.networkPath },
      ...(named && { hosts: able.map((host) => host.name) }),
    };
  }
  return { of, facts };
}

import type { AcceleratorName } from '../../platform/hypervisor/hypervisor.ts';
import { runs, type Host } from '../../platform/remote/host.ts';
import type { Levels } from '../scenario/levels.ts';
import { chooseAccelerator, type ProbeRequest } from './accelerator.ts';

type Wanted = Pick<Levels, 'hypervisor' | 'accelerator'>;

/** One accelerator under which guests of a run ran. */
export interface UsedAccelerator {
  hypervisor: Levels['hypervisor'];
  name: AcceleratorName;
  /** TCG, or on a host that is itself emulated. */
  emulated: boolean;
  /** Why it was chosen, and what it is inside of. */
  why: string;
}

/** What runs the guests of a run's arms. */
export interface Accelerators {
  /** Of the guests of one arm. */
  of: (levels: Wanted) => AcceleratorName;
  /** All that the arms have, in their order. */
  readonly used: readonly UsedAccelerator[];
}

/** The way in which Xen runs guests where nothing is said: the one with the least to emulate. */
const usualOfXen = 'xen-pvh';

/**
 * Decides for every arm; what is `auto` under QEMU and libvirt is probed on their hosts.
 * @param hosts on which guests may run
 * @throws UserError if these have no accelerator in common
 */
export async function chooseAccelerators(
  arms: readonly Levels[],
  hosts: readonly Host[],
  probeOf: (host: Host) => ProbeRequest,
): Promise<Accelerators> {
  const open = arms.filter((arm) => arm.accelerator === 'auto' && arm.hypervisor !== 'xen');
  const probes = hosts.filter((host) => open.some(({ hypervisor }) => runs(host, hypervisor)));
  const probed = open.length === 0 ? undefined : await chooseAccelerator(probes.map(probeOf));
  const of = ({ hypervisor, accelerator }: Wanted): AcceleratorName => {
    if (accelerator !== 'auto') return accelerator;
    return hypervisor === 'xen' ? usualOfXen : (probed?.chosen ?? 'tcg');
  };
  const used = new Map<string, UsedAccelerator>();
  for (const levels of arms) {
    const { hypervisor } = levels;
    const name = of(levels);
    const inside = hosts.some((host) => host.emulated === true && runs(host, hypervisor));
    const why = levels.accelerator === 'auto' && hypervisor !== 'xen' ? probed?.why : undefined;
    used.set(`${hypervisor} ${name}`, {
      ...{ hypervisor, name, emulated: name === 'tcg' || inside },
      why: [why ?? 'asked for', ...(inside ? ['on hosts that are emulated'] : [])].join(', '),
    });
  }
  return { of, used: [...used.values()] };
}

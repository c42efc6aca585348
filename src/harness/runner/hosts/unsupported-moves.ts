import type { Problem } from '../../../base/errors.ts';
import { hypervisorNamed } from '../../../platform/hypervisor/index.ts';
import type { AcceleratorName } from '../../../platform/hypervisor/hypervisor.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { Levels } from '../../scenario/levels.ts';

/**
 * Looks whether a host can move the guests of all arms while they run: the arms that it cannot are
 * told before anything is made, with the way to leave them out.
 * @param arms those whose hypervisor the host has
 */
export async function unsupportedMoves(host: Host, arms: readonly Levels[]): Promise<Problem[]> {
  const asked = new Map(
    arms.map(({ hypervisor, accelerator }) => [
      `${hypervisor} ${accelerator}`,
      { hypervisor, accelerator },
    ]),
  );
  const problems: Problem[] = [];
  for (const { hypervisor, accelerator } of asked.values()) {
    const { migration } = hypervisorNamed(hypervisor);
    const found = (await migration?.unsupported?.(host, named(hypervisor, accelerator))) ?? [];
    const leaveOut = `leave these arms out by exclude: [{ hypervisor: ${hypervisor}, accelerator: ${accelerator} }]`;
    problems.push(
      ...found.map(({ message, remedy = '' }) => ({
        message,
        remedy: asked.size > 1 ? `${remedy} Or ${leaveOut}.` : remedy,
      })),
    );
  }
  return problems;
}

/** Xen's way of running guests where the scenario leaves it open. */
function named(hypervisor: string, accelerator: Levels['accelerator']): AcceleratorName {
  if (accelerator !== 'auto') return accelerator;
  return hypervisor === 'xen' ? 'xen-pvh' : 'kvm';
}

import { UserError } from '../../base/errors.ts';
import { isHostsOwn } from '../../platform/hypervisor/qemu/migration/compatibility.ts';
import type { ConversionMethod } from '../../platform/operations/convert/conversion.ts';
import { refusalsOf } from '../../platform/operations/convert/obstacles/index.ts';
import type { ConversionPlan } from '../../platform/operations/convert/plan.ts';
import { obstacleLines } from './plan-text.ts';
import type { Say } from './tell.ts';

/**
 * Tells what of a plan changes what a method's guest is like, before anything is begun.
 * @param cpu CPU model of the guest
 * @throws UserError with what refuses the method
 */
export function admit(
  { source, obstacles }: Pick<ConversionPlan, 'source' | 'obstacles'>,
  { method, cpu }: { method: ConversionMethod; cpu: string },
  print: Say,
): void {
  // With a model that is named it is for QEMU to say what the processors lack.
  const refused = refusalsOf(method, obstacles).filter(
    ({ name }) => name !== 'other-processor' || isHostsOwn(cpu),
  );
  if (refused.length > 0) {
    throw new UserError(
      refused.map(({ message, remedy }) => ({
        ...{ where: source.host, message },
        ...(remedy !== undefined && { remedy }),
      })),
    );
  }
  const notes = obstacles.filter(
    ({ kind, methods }) => kind === 'note' && methods.includes(method),
  );
  for (const line of obstacleLines(notes)) print(line);
}

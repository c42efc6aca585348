import { UserError, type Problem } from '../../base/errors.ts';
import { isHostsOwn } from '../../platform/hypervisor/qemu/migration/compatibility.ts';
import type { ConversionMethod } from '../../platform/operations/convert/conversion.ts';
import {
  acceptable,
  refusalsOf,
  type Obstacle,
} from '../../platform/operations/convert/obstacles/index.ts';
import type { ConversionPlan } from '../../platform/operations/convert/plan.ts';
import { obstacleLines } from './plan-text.ts';
import type { Say } from './tell.ts';

/**
 * Tells what of a plan changes what a method's guest is like, before anything is begun.
 * @param cpu CPU model of the guest
 * @param accepted names of what its user wants all the same
 * @throws UserError with what refuses the method
 */
export function admit(
  { source, obstacles }: Pick<ConversionPlan, 'source' | 'obstacles'>,
  { method, cpu, accepted }: { method: ConversionMethod; cpu: string; accepted: readonly string[] },
  print: Say,
): void {
  const wanted = ({ name }: Obstacle) => accepted.includes(name);
  // With a model that is named it is for QEMU to say what the processors lack.
  const refused = refusalsOf(method, obstacles).filter(
    (each) => !wanted(each) && (each.name !== 'other-processor' || isHostsOwn(cpu)),
  );
  if (refused.length > 0) throw new UserError(refused.map((each) => problemOf(each, source.host)));
  const notes = obstacles
    .filter((each) => each.methods.includes(method) && (each.kind === 'note' || wanted(each)))
    .map(({ remedy, ...each }) => ({
      ...{ ...each, kind: 'note' as const },
      ...(each.kind === 'note' && remedy !== undefined && { remedy }),
    }));
  for (const line of obstacleLines(notes)) print(line);
}

function problemOf({ name, message, remedy }: Obstacle, where: string): Problem {
  const allowed = acceptable.some((each) => each === name);
  const ways = [remedy, allowed ? `To convert it all the same: --accept ${name}.` : undefined];
  const told = ways.filter((way) => way !== undefined).join(' ');
  return { where, message, ...(told !== '' && { remedy: told }) };
}

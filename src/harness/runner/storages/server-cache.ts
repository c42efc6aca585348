import type { StorageFacts } from '../../results/schema.ts';
import type { Levels } from '../../scenario/levels.ts';

/**
 * Whether servers can have held all that was read: `server-warm` unless what every arm works on is
 * more than twice their memory.
 * @param arms those with disks or templates there
 * @param workingSet bytes that an arm works on
 * @param serverMemory bytes of memory of all servers, where it is known
 */
export function serverCache<Arm extends Pick<Levels, 'guests'>>(
  arms: readonly Arm[],
  workingSet: (arm: Arm) => number,
  serverMemory: number | undefined,
): NonNullable<StorageFacts['serverCache']> {
  if (serverMemory === undefined || arms.length === 0) return 'server-warm';
  const cold = arms.every((arm) => workingSet(arm) > 2 * serverMemory);
  return cold ? 'server-cold' : 'server-warm';
}

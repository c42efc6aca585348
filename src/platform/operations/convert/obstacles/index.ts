import type { ConversionMethod } from '../conversion.ts';
import type { Inspection, TargetInspection } from '../inspect/index.ts';
import { lookAtBootPath } from './boot-path.ts';
import { lookAtCiphers } from './ciphers.ts';
import { lookAtDisks } from './disks.ts';
import { lookAtDrivers } from './drivers.ts';
import { lookAtHardware } from './hardware.ts';
import { lookAtNetwork } from './network.ts';
import type { Look, Obstacle } from './obstacle.ts';
import { lookAtOtherCards } from './other-cards.ts';
import { lookAtRoom } from './room.ts';
import { lookAtStart } from './start.ts';

export { acceptable, type Obstacle } from './obstacle.ts';
export { memoryAsGuest } from './hardware.ts';

/** All that is looked for; a new sort of obstacle is a file and a line here. */
const looks: readonly Look[] = [
  lookAtDisks,
  lookAtCiphers,
  lookAtStart,
  lookAtBootPath,
  lookAtDrivers,
  lookAtHardware,
  lookAtNetwork,
  lookAtOtherCards,
  lookAtRoom,
];

/** What the conversion of a machine meets; a pure function of what was seen. */
export function obstaclesOf(source: Inspection, target?: TargetInspection): Obstacle[] {
  return looks.flatMap((look) => look(source, target));
}

/** What keeps a method from being used. */
export function refusalsOf(method: ConversionMethod, obstacles: readonly Obstacle[]): Obstacle[] {
  return obstacles.filter(({ kind, methods }) => kind === 'refused' && methods.includes(method));
}

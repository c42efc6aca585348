import type { Levels } from '../scenario/levels.ts';

/** What a clone needs beside the bytes that are written in it: metadata, logs of the system. */
const cloneOverhead = 32 * 2 ** 20;

/** Bytes that templates and the guests of the largest trial take at most. */
export function spaceNeeded(
  rawSize: number,
  data: number,
  formats: readonly Levels['format'][],
  uses: readonly Pick<Levels, 'guests' | 'provisioning'>[],
): number {
  const trial = ({ guests, provisioning }: (typeof uses)[number]) =>
    guests * (provisioning === 'copy' ? rawSize : data + cloneOverhead);
  return formats.length * rawSize + Math.max(0, ...uses.map(trial));
}

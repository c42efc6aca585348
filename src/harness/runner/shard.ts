import { UserError } from '../../base/errors.ts';
import type { Run } from '../results/schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { PlannedTrial } from './order.ts';

/** One part of a run that is spread over several: number `index` of `of`, from 1 on. */
export type Shard = NonNullable<Run['shard']>;

/** `2/4` → the second of four; undefined if it is none. */
export function parseShard(text: string): Shard | undefined {
  const [, index, of] = /^([1-9]\d{0,4})\/([1-9]\d{0,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  return shard.index <= shard.of ? shard : undefined;
}

/**
 * All parts have to plan the same trials without knowing of each other.
 * @param seed as chosen by the user; undefined where each run would draw its own
 * @throws UserError if that cannot be
 */
export function requireShardable(
  { repeat }: Pick<Scenario, 'repeat'>,
  seed: string | undefined,
  { of }: Shard,
): void {
  if (seed === undefined) {
    throw new UserError({
      where: '--shard',
      message: 'expected a seed that all parts share, got none',
      remedy: 'Give all of them the same --seed, or write seed into the scenario.',
    });
  }
  if (repeat.trials === 'auto') {
    throw new UserError({
      where: '--shard',
      message: 'repeat.trials: expected a number, got auto: a part has no pilot of the whole',
      remedy: 'Name it, such as --set repeat.trials=12.',
    });
  }
  if (repeat.trials < of) {
    throw new UserError({
      where: '--shard',
      message: `expected at most ${repeat.trials} parts, one for each block of trials, got ${of}`,
      remedy: 'Ask for fewer parts or more trials: arms are compared within blocks.',
    });
  }
}

/** Blocks go to the parts in turn and whole: within a block arms are compared. */
export function isOfShard(block: number, shard: Shard | undefined): boolean {
  return shard === undefined || block % shard.of === shard.index - 1;
}

/** How many of the planned trials are of a part. */
export function trialsOf(shard: Shard | undefined, planned: number, arms: number): number {
  if (shard === undefined) return planned;
  const blocks = Math.ceil(planned / arms);
  return Math.ceil((blocks - (shard.index - 1)) / shard.of) * arms;
}

/** A repeat with a number that no other part gives: behind all planned ones, by that of its trial. */
export function ofShard(
  plan: PlannedTrial,
  planned: number,
  shard: Shard | undefined,
): PlannedTrial {
  const { repeats } = plan;
  if (shard === undefined || repeats === undefined) return plan;
  return { ...plan, trial: planned + repeats };
}

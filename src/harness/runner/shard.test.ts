import { describe, expect, it } from 'vitest';
import { isOfShard, ofShard, parseShard, requireShardable, trialsOf } from './shard.ts';

const repeat = { trials: 6, pilot: 5, precision: 0.05, most: 50 } as const;

describe('a shard', () => {
  it.each([
    ['1/1', { index: 1, of: 1 }],
    ['3/12', { index: 3, of: 12 }],
    ['0/3', undefined],
    ['4/3', undefined],
    ['1', undefined],
    ['1/3/5', undefined],
    ['a/b', undefined],
  ])('%s is read as %j', (text, shard) => {
    expect(parseShard(text)).toEqual(shard);
  });

  it.each([1, 2, 4, 5, 6])('is one of %d that do each block once', (of) => {
    const shards = Array.from({ length: of }, (_, index) => ({ index: index + 1, of }));
    for (let block = 0; block < 6; block++) {
      expect(shards.filter((shard) => isOfShard(block, shard))).toHaveLength(1);
    }
    const own = shards.map((shard) => trialsOf(shard, 6 * 4, 4));
    expect(own.reduce((sum, trials) => sum + trials, 0)).toBe(24);
    for (const [index, trials] of own.entries()) {
      const blocks = [0, 1, 2, 3, 4, 5].filter((block) => isOfShard(block, shards[index]));
      expect(trials).toBe(blocks.length * 4);
    }
  });

  it('numbers repeats so that no two parts use a number', () => {
    const shard = { index: 1, of: 2 };
    expect(ofShard({ trial: 24, block: 2, arm: 0, repeats: 9 }, 24, shard).trial).toBe(33);
    expect(ofShard({ trial: 24, block: 2, arm: 0, repeats: 9 }, 24, undefined).trial).toBe(24);
  });

  it('needs a seed, a number of trials, and a block for each', () => {
    const shard = { index: 1, of: 6 };
    expect(() => requireShardable({ repeat }, '1', shard)).not.toThrow();
    expect(() => requireShardable({ repeat }, undefined, shard)).toThrow(
      /a seed that all parts share/,
    );
    expect(() => requireShardable({ repeat: { ...repeat, trials: 'auto' } }, '1', shard)).toThrow(
      /repeat.trials: expected a number, got auto/,
    );
    expect(() => requireShardable({ repeat }, '1', { index: 1, of: 7 })).toThrow(
      /at most 6 parts, one for each block of trials, got 7/,
    );
  });
});

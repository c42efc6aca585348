import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Level } from '../results/schema.ts';
import { loadText } from './load-text.example.ts';
import { expandArms } from './matrix.ts';
import { scenarioSchema } from './schema.ts';

const scenario = (text: string) => loadText(`name: a\nmeasure: { noop: {} }\n${text}`).scenario;

describe('expandArms', () => {
  it('crosses factors in the order written, the last one fastest', () => {
    const { factors, arms } = expandArms(
      scenario('factors: { vcpus: [2, 1], guests: [1, 3] }\nfixed: { cache: unsafe }'),
    );
    expect(Object.keys(factors)).toEqual(['vcpus', 'guests']);
    expect(arms.map(({ arm }) => arm)).toEqual([
      { vcpus: 2, guests: 1 },
      { vcpus: 2, guests: 3 },
      { vcpus: 1, guests: 1 },
      { vcpus: 1, guests: 3 },
    ]);
    expect(Object.keys(arms[0]?.arm ?? {})).toEqual(['vcpus', 'guests']);
    expect(arms[3]?.levels).toMatchObject({
      vcpus: 1,
      guests: 3,
      cache: 'unsafe',
      format: 'qcow2',
    });
  });

  it('has one arm where nothing is crossed', () => {
    expect(expandArms(scenario('')).arms.map(({ arm }) => arm)).toEqual([{}]);
  });

  it('takes the first storage written where none is named', () => {
    const text = 'storages: { z: { kind: local }, a: { kind: local } }';
    expect(expandArms(scenario(text)).arms[0]?.levels.storage).toBe('z');
    expect(expandArms(scenario(`${text}\nfixed: { storage: a }`)).arms[0]?.levels.storage).toBe(
      'a',
    );
    expect(expandArms(scenario('')).arms[0]?.levels.storage).toBe('');
  });

  it('compares excluded quantities by what they mean', () => {
    const text = 'factors: { memory: [1GiB, 512MiB] }\nexclude: [{ memory: 1024MiB }]';
    expect(expandArms(scenario(text)).arms.map(({ arm }) => arm)).toEqual([{ memory: 2 ** 29 }]);
  });

  it('covers the full product exactly once, minus what is excluded', () => {
    const levels = {
      guests: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      cache: fc.uniqueArray(fc.constantFrom('none', 'writeback', 'unsafe'), { minLength: 1 }),
      iothread: fc.uniqueArray(fc.boolean(), { minLength: 1 }),
    };
    const one = {
      guests: fc.integer({ min: 1, max: 9 }),
      cache: fc.constantFrom('none', 'writeback', 'unsafe'),
      iothread: fc.boolean(),
    };
    const excluded = fc.record(one, { requiredKeys: ['guests'] });
    fc.assert(
      fc.property(
        fc.record(levels, { requiredKeys: [] }),
        fc.array(excluded, { maxLength: 4 }),
        (factors, exclude) => {
          const crossed = Object.entries(factors) as [string, Level[]][];
          const parsed = scenarioSchema.parse({
            name: 'a',
            measure: { noop: {} },
            factors,
            exclude,
          });
          const product = crossed.reduce<Record<string, Level>[]>(
            (arms, [name, list]) =>
              arms.flatMap((arm) => list.map((level) => ({ ...arm, [name]: level }))),
            [{}],
          );
          const defaults = { guests: 1, cache: 'none', iothread: false };
          const kept = product.filter((arm) => {
            const full: Record<string, Level> = { ...defaults, ...arm };
            return !exclude.some((some) =>
              Object.entries(some).every(([name, level]) => full[name] === level),
            );
          });
          fc.pre(kept.length > 0);
          const { arms } = expandArms(parsed);
          const text = (list: Record<string, Level>[]) =>
            list.map((arm) => JSON.stringify(Object.entries(arm).sort())).sort();
          expect(text(arms.map(({ arm }) => arm))).toEqual(text(kept));
          for (const { arm, levels: complete } of arms) expect(complete).toMatchObject(arm);
        },
      ),
    );
  });

  it('refuses too many combinations before it makes them', () => {
    const many = Array.from({ length: 1000 }, (_, i) => i + 1);
    const factors = { guests: many, vcpus: many };
    const parsed = scenarioSchema.parse({ name: 'a', measure: { noop: {} }, factors });
    expect(() => expandArms(parsed)).toThrow('at most 10000 combinations of levels, got 1000000');
  });

  it('refuses to leave no arm', () => {
    const exclude = [{ guests: 1 }];
    const parsed = scenarioSchema.parse({ name: 'a', measure: { noop: {} }, exclude });
    expect(() => expandArms(parsed)).toThrow('expected to leave at least one arm');
  });
});

import { describe, expect, it } from 'vitest';
import { armsToConfirm, confirmedGate, suspected } from './confirmed.ts';
import { gateOutcome } from './gate.ts';
import { historyGate } from './history-gate.ts';
import { levelGate } from './level-gate.ts';
import { type SyntheticStored, syntheticStored } from './synthetic-history.example.ts';

const earlier = Array.from({ length: 10 }, (_, number) => syntheticStored({ number }));
const stored = (number: number, slower: number, more: Partial<SyntheticStored> = {}) =>
  syntheticStored({ number, slower, between: 0, ...more });
const judge = (...current: [ReturnType<typeof stored>, ...ReturnType<typeof stored>[]]) =>
  historyGate({
    ...{ current, earlier, notes: [], environment: 'block', margin: 0.05, familyError: 0.01 },
  });

const looks = (first: ReturnType<typeof stored>, again: ReturnType<typeof stored>) => ({
  together: judge(first, again),
  alone: judge(again),
  run: again.run,
});

describe('a suspected regression', () => {
  const first = stored(101, 1.2);
  const gate = judge(first);

  it('names the arms that have to be measured again', () => {
    expect(suspected(gate)).toHaveLength(2);
    expect(armsToConfirm(first.run, gate, undefined)).toEqual(first.run.arms);
    expect(armsToConfirm(first.run, judge(stored(102, 1)), undefined)).toEqual([]);
    expect(suspected({ ...gate, blocked: true })).toEqual([]);
  });

  it('fires where it is seen again, with the figures of both runs', () => {
    const again = stored(103, 1.2);
    const made = confirmedGate(gate, first.run, looks(first, again));
    expect(gateOutcome(made)).toBe('regression');
    expect(made.rows.map((row) => row.again)).toEqual(['confirmed', 'confirmed']);
    expect(made.runs).toEqual([first.run.id, again.run.id]);
    expect(made.notes.join()).toContain('2 arms): 2 confirmed, 0 not');
  });

  it('is taken back where it is not', () => {
    const again = stored(103, 0.9);
    const made = confirmedGate(gate, first.run, looks(first, again));
    expect(gateOutcome(made)).not.toBe('regression');
    expect(made.rows.map((row) => row.again)).toEqual(['not-confirmed', 'not-confirmed']);
    const whys = made.rows.map(({ why }) => why);
    expect(whys).toContain('the second run alone does not show it');
    expect(made.notes.join()).toContain('0 confirmed, 2 not');
  });

  it('leaves all others alone, also those that look worse in the second run', () => {
    const calm = judge(stored(104, 1));
    const mixed = { ...gate, rows: [...gate.rows.slice(0, 1), ...calm.rows.slice(1)] };
    const again = stored(103, 1.3);
    const made = confirmedGate(mixed, first.run, looks(first, again));
    expect(made.rows.map(({ again: word }) => word)).toEqual(['confirmed', undefined]);
    expect(made.rows[1]).toBe(calm.rows[1]);
  });

  it('is not confirmed elsewhere', () => {
    const again = stored(103, 1.2, {
      change: (run) => ({
        ...run,
        environment: { ...run.environment, versions: { ...run.environment.versions, qemu: '9.0' } },
      }),
    });
    expect(() => confirmedGate(gate, first.run, looks(first, again))).toThrow('qemu was');
  });
});

it('adds the blocks of both runs where versions were interleaved', () => {
  const asked = ['provisioning=clone,copy'];
  const rules = { margin: 0.05, familyError: 0.01 };
  const [first, again] = [stored(1, 1, { blocks: 20 }), stored(2, 1, { blocks: 12 })];
  const gate = levelGate([first], asked, rules);
  expect(armsToConfirm(first.run, gate, asked)).toEqual(first.run.arms);
  const made = confirmedGate(gate, first.run, {
    together: levelGate([first, again], asked, rules),
    alone: levelGate([again], asked, { ...rules, confidence: 0.95 }),
    run: again.run,
  });
  expect(made.rows.map(({ verdict, again, n }) => [verdict, again, n])).toEqual([
    ['regression', 'confirmed', 32],
  ]);
});

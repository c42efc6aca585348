import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mayRollBack,
  mayRunOnTarget,
  mayStayAtSource,
  standingOf,
  type Sight,
} from './standing.ts';

const sights: fc.Arbitrary<Sight> = fc.record(
  {
    vmm: fc.oneof(
      fc.record({ buried: fc.boolean(), guestRuns: fc.boolean() }),
      fc.record({
        buried: fc.boolean(),
        guestRuns: fc.constant(false),
        guestWaits: fc.constant(true),
      }),
    ),
    target: fc.constantFrom('runs', 'waits', 'absent', 'out-of-reach'),
    answers: fc.boolean(),
    committed: fc.constant(true as const),
  },
  { requiredKeys: ['target', 'answers'] },
);

describe('where a conversion stands', () => {
  it('is never said to be somewhere that was not seen', () => {
    fc.assert(
      fc.property(sights, (sight) => {
        const { runs, says, next } = standingOf(sight);
        if (runs === 'target') expect(sight.target).toBe('runs');
        if (runs === 'source-guest') expect(sight.vmm?.guestRuns).toBe(true);
        if (runs === 'source') expect([sight.answers, sight.committed]).toEqual([true, undefined]);
        if (runs === 'nobody') expect(sight.vmm).toMatchObject({ buried: false, guestRuns: false });
        expect(says).not.toBe('');
        expect(next).not.toBe('');
      }),
    );
  });

  it('in the commit window is undecided, and nobody is told to run', () => {
    for (const target of ['waits', 'absent', 'out-of-reach'] as const) {
      const vmm = { buried: true, guestRuns: false };
      expect(standingOf({ vmm, target, answers: false }).runs).toBe('undecided');
    }
  });

  it('is alarming where both run', () => {
    const vmm = { buried: false, guestRuns: true };
    expect(standingOf({ vmm, target: 'runs', answers: true })).toMatchObject({
      runs: 'undecided',
      next: expect.stringContaining('Take the power of one of them') as string,
    });
  });

  it('is the target with a source that has no power', () => {
    expect(standingOf({ target: 'runs', answers: true }).runs).toBe('target');
  });

  it('is not known where only the machine’s address answers', () => {
    expect(standingOf({ target: 'out-of-reach', answers: true }).runs).toBe('unknown');
  });

  it('has a way on for the operator wherever it is a guest at the source', () => {
    for (const target of ['waits', 'absent', 'out-of-reach'] as const) {
      const [stopped, runs] = [
        { vmm: { buried: false, guestRuns: false, guestWaits: true }, target, answers: false },
        { vmm: { buried: true, guestRuns: true }, target, answers: true },
      ];
      for (const sight of [stopped, runs]) {
        expect(standingOf(sight).next).toContain('decide --run source');
        expect(mayStayAtSource(sight)).toBe(true);
      }
      expect(standingOf(stopped).runs).toBe('nobody');
    }
  });

  it('after its commit starts on the target though the source has no power', () => {
    const off = { target: 'absent', answers: false, committed: true } as const;
    expect(standingOf(off).next).toContain('decide --run target');
    expect(mayRunOnTarget(off)).toBe(true);
    expect(mayRunOnTarget({ target: 'absent', answers: false })).toBe(false);
    expect(mayRunOnTarget({ ...off, answers: true })).toBe(false);
    expect(mayRunOnTarget({ ...off, target: 'out-of-reach' })).toBe(false);
    const vmm = { buried: true, guestRuns: false };
    expect(mayRunOnTarget({ ...off, vmm })).toBe(false);
  });

  it('is not taken for the machine itself where its guest answers', () => {
    const sight = { target: 'absent', answers: true } as const;
    expect(standingOf({ ...sight, answering: 'guest' }).runs).toBe('unknown');
    expect(standingOf({ ...sight, answering: 'own-hardware' }).runs).toBe('source');
  });

  it('is not known where neither end runs it, and somebody answers at its address', () => {
    const moved = { target: 'absent', answers: true } as const;
    const handedOver = { ...moved, committed: true } as const;
    const sights: Sight[] = [
      handedOver,
      { ...handedOver, answering: 'own-hardware' },
      { ...handedOver, vmm: { buried: true, guestRuns: false } },
      { ...moved, vmm: { buried: true, guestRuns: false } },
      { ...moved, vmm: { buried: false, guestRuns: false } },
    ];
    for (const sight of sights) {
      const standing = standingOf(sight);
      expect(standing).toMatchObject({
        runs: 'unknown',
        next: expect.stringContaining('moved elsewhere') as string,
      });
      expect(mayRollBack(standing)).toBe(false);
    }
  });

  it('tells where the guest writes beside its disk still', () => {
    const vmm = { buried: true, guestRuns: false };
    const sight = { vmm, target: 'runs', answers: true, writesBeside: true } as const;
    expect(standingOf(sight)).toMatchObject({
      runs: 'target',
      next: expect.stringContaining('decide --run target') as string,
    });
  });

  it('never lets a guest go on at the source that may run on the target', () => {
    fc.assert(
      fc.property(sights, (sight) => {
        if (!mayStayAtSource(sight)) return;
        expect(sight.target).not.toBe('runs');
        // The tombstone precedes the target: one that stopped with it set is for the operator to decide.
        expect(sight.vmm?.guestRuns === true || sight.vmm?.buried === false).toBe(true);
      }),
    );
  });
});

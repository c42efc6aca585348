import { expect, it } from 'vitest';
import fc from 'fast-check';
import { failoverPhases, phaseNames } from './phases.ts';

it('cuts an outage where the manager went on', () => {
  const course = { suspect: 15, fenced: 20.5, decided: 21, started: 21.5 };
  expect(failoverPhases({ from: 10, to: 30 }, course)).toEqual([
    { phase: 'silence', from: 10, to: 15 },
    { phase: 'fencing', from: 15, to: 20.5 },
    { phase: 'decision', from: 20.5, to: 21 },
    { phase: 'start', from: 21, to: 21.5 },
    { phase: 'boot', from: 21.5, to: 30 },
  ]);
});

it('takes what was seen after what follows from it as of then', () => {
  const course = { suspect: 15, fenced: 21.04, decided: 21, started: 21.5 };
  const [, fencing, decision] = failoverPhases({ from: 10, to: 30 }, course);
  expect([fencing, decision]).toEqual([
    { phase: 'fencing', from: 15, to: 21 },
    { phase: 'decision', from: 21, to: 21 },
  ]);
});

it('adds up to the outage, whatever the stamps', () => {
  const at = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(at, at, at, at, at, at, (from, length, suspect, fenced, decided, started) => {
      const outage = { from, to: from + length };
      const phases = failoverPhases(outage, { suspect, fenced, decided, started });
      expect(phases.map(({ phase }) => phase)).toEqual(phaseNames);
      expect(phases[0]?.from).toBe(outage.from);
      expect(phases.at(-1)?.to).toBe(outage.to);
      for (const [index, phase] of phases.entries()) {
        expect(phase.to).toBeGreaterThanOrEqual(phase.from);
        if (index > 0) expect(phase.from).toBe(phases[index - 1]?.to);
      }
    }),
  );
});

import { expect, it } from 'vitest';
import type { ConversionBoundary } from '../../../platform/operations/convert/conversion.ts';
import { outageName, outagePhases } from './phases.ts';

const event = (at: number, name: 'cut-over' | 'stopped' | 'kexec' | 'guest-answered' | 'pass') => ({
  ...{ at, event: name },
});

it('cuts an outage at the boundaries that lie in it, without a gap', () => {
  const events = [
    ...[event(2, 'pass'), event(9, 'cut-over'), event(11, 'stopped'), event(12, 'kexec')],
    ...[event(19, 'guest-answered')],
  ];
  const phases = outagePhases({ from: 10, to: 18 }, events);
  expect(phases).toEqual([
    { phase: 'stop', from: 10, to: 11 },
    { phase: 'leave', from: 11, to: 12 },
    { phase: 'VMM and guest boot', from: 12, to: 18 },
  ]);
});

it('is one part where no boundary lies in it', () => {
  expect(outagePhases({ from: 1, to: 2 }, [event(3, 'kexec')])).toEqual([
    { phase: 'reply', from: 1, to: 2 },
  ]);
});

it.each([
  ['switch', ['cut-over', 'kexec', 'guest-answered']],
  ['move', ['guest-stopped', 'tombstone', 'target-answered']],
  ['conversion', ['cut-over', 'kexec', 'vmm-answered', 'copied', 'target-answered']],
  ['conversion', ['cut-over', 'copied', 'target-answered']],
  ['other', []],
] as const)('an outage is a %s by what happens in it: %j', (name, boundaries) => {
  const events = boundaries.map((boundary: ConversionBoundary, index) => ({
    ...{ at: 11 + index, event: boundary },
  }));
  expect(outageName({ from: 10, to: 20 }, events)).toBe(name);
});

it('what comes after a live move is of the move', () => {
  const events = [
    { at: 10, event: 'guest-stopped' as const },
    { at: 30, event: 'target-answered' as const },
  ];
  expect(outageName({ from: 29.8, to: 30.1 }, events)).toBe('move');
  expect(outageName({ from: 29.8, to: 30.1 }, events.slice(1))).toBe('conversion');
});

import { expect, it } from 'vitest';
import type { PauseError } from './calibrate.ts';
import { summarizeCalibration } from './summary.ts';

const limits = new Map([
  ['network', { resolution: 0.001, floor: 0.004 }],
  ['hypervisor-events', { resolution: 1e-6, floor: 0 }],
] as const);

function error(part: Partial<PauseError>): PauseError {
  return {
    kind: 'stop',
    length: 0.2,
    observer: 'network',
    error: 0,
    uncertainty: 0,
    at: 0,
    ...part,
  };
}

it('tells bias and spread of each observer, in each kind of pause', () => {
  const stops = [-0.001, 0.001, 0.002, 0.003, 0.002, 0.001, 0.002].map((e) => error({ error: e }));
  const cut = error({ kind: 'cut', error: -0.0005 });
  const events = error({ observer: 'hypervisor-events', error: 0.0001 });
  const [first, second, third] = summarizeCalibration({ errors: [cut, ...stops, events], limits });
  expect(first).toMatchObject({ kind: 'stop', observer: 'hypervisor-events', n: 1, bias: 0.0001 });
  expect(first).not.toHaveProperty('interval');
  expect(second).toMatchObject({
    ...{ kind: 'stop', observer: 'network', n: 7, bias: 0.002, middle: 0.002, floor: 0.004 },
  });
  expect(second?.interval?.low).toBeCloseTo(0.000467);
  expect(second?.interval?.high).toBeCloseTo(0.002267);
  expect(second?.spread).toBeCloseTo(0.0027);
  expect(third).toMatchObject({ kind: 'cut', n: 1, bias: -0.0005, middle: 0.0005 });
});

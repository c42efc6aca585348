import { expect, it } from 'vitest';
import { calibrationOf, worstError } from './calibration.ts';
import { calibrationText } from './texts.ts';

it('tells bias and spread of known pauses', () => {
  const errors = [0.001, 0.002, 0.003, 0.004, 0.013];
  const calibration = calibrationOf(errors);
  expect(calibration).toMatchObject({ bias: 0.003, n: 5 });
  // Distances 0, 1, 1, 2, 10 ms: position 3.8 of 0 to 4.
  expect(calibration?.spread).toBeCloseTo(0.0084, 9);
  expect(worstError({ bias: -0.003, spread: 0.001, n: 1 })).toBeCloseTo(0.004, 12);
  expect(calibrationOf([])).toBeUndefined();
});

it.each([
  [0.00031, 0.0007, '+0.3 ± 0.7 ms'],
  [-0.0012, 0.0349, '−1 ± 35 ms'],
  [0, 0, '0.000 ± 0.000 ms'],
  [-0.0004, 0.022, '0 ± 22 ms'],
  [0.00002, 0.00004, '+0.020 ± 0.040 ms'],
])('writes bias %f and spread %f as %s', (bias, spread, text) => {
  expect(calibrationText({ bias, spread, n: 9 })).toBe(text);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalCdf, normalQuantile } from './normal.ts';

function relativeError(got: number, expected: number): number {
  return expected === 0 ? Math.abs(got) : Math.abs(got / expected - 1);
}

describe('normalCdf', () => {
  // scipy.special.ndtr(x), SciPy 1.17.1; the values at −37.5, −10, −6, −3, −0.7 and 2.5 are R 4.2.2
  // pnorm(x), whose tail has two more digits.
  test.each([
    [-37.5, 4.6053530095819552e-308],
    [-10, 7.6198530241605269e-24],
    [-6, 9.8658764503769809e-10],
    [-5.7, 5.99037140106353e-9],
    [-3, 1.3498980316300946e-3],
    [-1.96, 0.024997895148220435],
    [-0.7, 0.24196365222307298],
    [-0.1, 0.460172162722971],
    [0, 0.5],
    [1e-8, 0.5000000039894228],
    [0.5, 0.6914624612740131],
    [0.66, 0.7453730853286639],
    [1, 0.8413447460685429],
    [2.5, 0.99379033467422384],
    [6, 0.9999999990134123],
    [8, 0.9999999999999993],
  ])('at %d', (x, expected) => {
    expect(relativeError(normalCdf(x), expected)).toBeLessThan(1e-12);
  });

  test('ends', () => {
    expect(normalCdf(-Infinity)).toBe(0);
    expect(normalCdf(Infinity)).toBe(1);
    expect(normalCdf(-41)).toBe(0);
    expect(() => normalCdf(NaN)).toThrow(RangeError);
  });

  test('both sides add up to one', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (x) => {
        expect(Math.abs(normalCdf(x) + normalCdf(-x) - 1)).toBeLessThan(1e-15);
      }),
    );
  });
});

describe('normalQuantile', () => {
  // scipy.special.ndtri(p), SciPy 1.17.1; R 4.2.2 qnorm(p) agrees in every digit shown.
  test.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798409],
    [1e-6, -4.753424308822899],
    [0.001, -3.090232306167813],
    [0.025, -1.9599639845400545],
    [0.07, -1.4757910281791706],
    [0.08, -1.4050715603096329],
    [0.25, -0.6744897501960817],
    [0.4, -0.2533471031357997],
    [0.5, 0],
    [0.6, 0.2533471031357997],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
  ])('at %d', (p, expected) => {
    expect(relativeError(normalQuantile(p), expected)).toBeLessThan(1e-14);
  });

  test('is the inverse of the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-10);
      }),
    );
  });

  test('refuses what is no probability', () => {
    for (const p of [0, 1, -0.1, 1.1, NaN]) expect(() => normalQuantile(p)).toThrow(RangeError);
  });
});

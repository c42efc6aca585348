import { describe, expect, it } from 'vitest';
import {
  axisScale,
  bytesText,
  durationText,
  quantity,
  quantityWithInterval,
  ratioText,
  ratioWithInterval,
} from './quantity.ts';

describe('quantity', () => {
  it.each([
    [3.418923, 's', '3.42 s'],
    [0.0831, 's', '83.1 ms'],
    [0.9996, 's', '1.00 s'],
    [0.00099957, 's', '1.00 ms'],
    [0.000208, 's', '208 µs'],
    [4.2e-8, 's', '42.0 ns'],
    [0, 's', '0 s'],
    [123.4, 's', '123 s'],
    [61_690_000, 'B/s', '61.7 MB/s'],
    [999_700, 'B/s', '1.00 MB/s'],
    [12_345, '1/s', '12.3 k/s'],
    [812, '1/s', '812 /s'],
    [0.59123, 'ratio', '0.591'],
    [-0.0031, 's', '−3.10 ms'],
    [Infinity, 's', 'failed'],
    [7, 'reboots', '7.00 reboots'],
  ])('writes %s %s as %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });

  it('writes an interval with the digits and unit of its figure', () => {
    expect(quantityWithInterval(3.42, { low: 0.98, high: 3.5812 }, 's')).toEqual({
      value: '3.42 s',
      interval: '0.98–3.58',
    });
    expect(quantityWithInterval(3.42, { low: 3.1, high: Infinity }, 's').interval).toBe(
      '3.10–failed',
    );
  });

  it('hides no end of an interval behind a zero', () => {
    expect(quantityWithInterval(0, { low: 0, high: 2.26e-5 }, '')).toEqual({
      value: '0',
      interval: '0–0.000023',
    });
    expect(quantityWithInterval(0, { low: 0, high: 0.0123 }, 's')).toEqual({
      value: '0 ms',
      interval: '0–12.3',
    });
    expect(quantityWithInterval(0, { low: 0, high: 0 }, 's').interval).toBe('0–0');
  });

  it('hides no interval behind a whole count', () => {
    expect(quantityWithInterval(2, { low: 1.55, high: 2.45 }, '1')).toEqual({
      value: '2.00',
      interval: '1.55–2.45',
    });
    expect(quantityWithInterval(12, { low: 11, high: 13 }, '1').interval).toBe('11–13');
  });

  it('writes a ratio so that it is seen whether its interval holds 1', () => {
    expect(ratioWithInterval(0.618, 0.4543, 0.998)).toBe('0.618, 0.454–0.998');
    expect(ratioWithInterval(0.618, 0.4543, 1.04)).toBe('0.62, 0.45–1.04');
  });
});

describe('ratioText', () => {
  it.each([
    [0.5912, '0.59'],
    [1, '1.00'],
    [12.44, '12.4'],
    [1234.4, '1,234'],
    [0.0123, '0.012'],
    [0, '0'],
    [Infinity, '∞'],
  ])('writes %s as %s', (ratio, text) => {
    expect(ratioText(ratio)).toBe(text);
  });

  it('takes a third decimal where the interval is narrow', () => {
    expect(ratioWithInterval(0.997, 0.992, 1.003)).toBe('0.997, 0.992–1.003');
    expect(ratioWithInterval(0.59, 0.55, 0.63)).toBe('0.59, 0.55–0.63');
  });
});

it('durationText leaves out what is nothing', () => {
  expect([4.31, 38.4, 60, 218, 3840, 7200].map(durationText)).toEqual([
    '4.31 s',
    '38 s',
    '1 min',
    '3 min 38 s',
    '1 h 4 min',
    '2 h',
  ]);
});

it('bytesText uses binary units', () => {
  expect([512, 999.7 * 2 ** 20, 128 * 2 ** 20, 1.5 * 2 ** 30].map(bytesText)).toEqual([
    '512 B',
    '1000 MiB',
    '128 MiB',
    '1.50 GiB',
  ]);
});

it('axisScale takes the unit of the greatest finite value', () => {
  expect(axisScale([0.001, 3, Infinity], 's')).toEqual({ by: 1, unit: 's' });
  expect(axisScale([2e6, 8e8], 'B/s')).toEqual({ by: 1e6, unit: 'MB/s' });
});

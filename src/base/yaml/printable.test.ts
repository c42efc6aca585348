import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls, maskControls, show, showPath } from './printable.ts';

describe('printable', () => {
  it.each([
    ['luster', '"luster"'],
    [3, '3'],
    [false, 'false'],
    [null, 'nothing'],
    [undefined, 'nothing'],
    [[], 'an empty list'],
    [[1], 'a list of 1 item'],
    [[1, 2], 'a list of 2 items'],
    [{}, 'an empty mapping'],
    [{ a: 1 }, 'a mapping'],
    ['\u001b[31m\u202e\n', String.raw`"\u001b[31m\u202e\n"`],
    ['x'.repeat(100), `"${'x'.repeat(40)}…"`],
  ])('shows %j', (value, expected) => {
    expect(show(value)).toBe(expected);
  });

  it('shows a path as --set takes it', () => {
    expect(showPath(['measure', 'guest-io', 'jobs', 0, 'bs'])).toBe('measure.guest-io.jobs.0.bs');
  });

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const all = escapeControls(text) + maskControls(text) + show(text) + showPath([text]);
        expect(all).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('masks at one character for each', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Array.from(maskControls(text))).toHaveLength(Array.from(text).length);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonErrorPosition } from './json-error-position.ts';

describe('jsonErrorPosition', () => {
  it.each([
    ['{"a": oops}', 'oops'],
    ['{"a": 1,}', '}'],
    ['{"a": 1 "b": 2}', '"b"'],
    ['{"a": tru }', ' }'],
    ['{"a": "x\\y"}', 'y"'],
    ['[1, 2}', '}'],
    ['{"a": 1} b', 'b'],
    ['{"a": -x}', 'x'],
    ["{'a': 1}", "'a"],
  ])('of %s is at %s', (text, culprit) => {
    expect(jsonErrorPosition(text)).toBe(text.indexOf(culprit));
  });

  it('of a text that was cut off is its end', () => {
    const whole = fc.oneof(fc.object({ maxDepth: 2 }), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(whole, fc.integer({ min: 0, max: 4 }), fc.nat(), (value, indent, cut) => {
        const text = JSON.stringify(value, null, indent);
        const part = text.slice(0, cut % text.length);
        expect(jsonErrorPosition(part)).toBe(part.length);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt, position } from './excerpt.ts';

function span(text: string, start: number, end: number) {
  return { source: { name: 'x.yaml', text, noun: 'scenario', lines: true }, start, end };
}

describe('excerpt', () => {
  it('shows the line, carets below, and the hint behind them', () => {
    const text = 'storages:\n  shared:\n    kind: luster\n';
    const start = text.indexOf('luster');
    const there = span(text, start, start + 6);
    expect(position(there)).toEqual({ line: 3, column: 11 });
    expect(excerpt(there, 'did you mean "lustre"?')).toBe(
      ['  3 |     kind: luster', '    |           ^^^^^^ did you mean "lustre"?'].join('\n'),
    );
  });

  it('stays on the first line of a span of several', () => {
    expect(excerpt(span('a: [1,\n 2]\n', 3, 10))).toBe('  1 | a: [1,\n    |    ^^^');
  });

  it('puts the end of a file behind its last text', () => {
    const there = span('a: [1\n\n', 7, 8);
    expect(position(there)).toEqual({ line: 1, column: 6 });
    expect(excerpt(there)).toBe('  1 | a: [1\n    |      ^');
  });

  it('cuts a long line around the span', () => {
    const text = `a: "${'x'.repeat(500)}!${'y'.repeat(500)}"`;
    const [line = '', carets = ''] = excerpt(span(text, 504, 505)).split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line[carets.indexOf('^')]).toBe('!');
  });

  it('prints no control characters and keeps the caret in its place', () => {
    const shown = excerpt(span('\ta: \u001b[31m\u202e!\r\n', 10, 11));
    expect(shown).toBe('  1 | →a: ␛[31m�!\n    |           ^');
  });

  it('gives a position inside the text, whatever the span', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', '😀', '\t') });
    fc.assert(
      fc.property(text, fc.nat(50), fc.nat(50), (content, start, length) => {
        const there = span(content, start, start + length);
        const { line, column } = position(there);
        const lines = content.split('\n');
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        expect(excerpt(there).split('\n')).toHaveLength(2);
      }),
    );
  });
});

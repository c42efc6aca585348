import { expect, it } from 'vitest';
import { textWidth } from './text-width.ts';

it('adds up the advance widths of the shipped font', () => {
  // From the font's own tables: m 1995, i 569 and space 651 of 2048.
  expect(textWidth('mi m', 2048)).toBe(1995 + 569 + 651 + 1995);
});

it('never takes an unknown character for narrow', () => {
  expect(textWidth('\u{1f600}', 10)).toBe(10);
});

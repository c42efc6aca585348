import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeMarkdown } from './escape-markdown.ts';

it.each([
  ['a|b', 'a\\|b'],
  ['*x* _y_ `z`', '\\*x\\* \\_y\\_ \\`z\\`'],
  ['<img src=x>', '&lt;img src=x&gt;'],
  ['[a](http://x)', '\\[a\\](http:\\/\\/x)'],
  ['- item', '\\- item'],
  ['1. item', '1\\. item'],
  ['3.21 s', '3.21 s'],
  ['two\n# lines', 'two \\# lines'],
  ['www.evil.example', 'www\\.evil.example'],
  ['&amp;', '&amp;amp;'],
])('escapes %j', (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped);
});

it('leaves no markup character without a backslash, and never a second line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeMarkdown(text);
      expect(escaped).not.toMatch(/[\n\r<>]/);
      expect(escaped.replace(/\\./g, '')).not.toMatch(/[`*_[\]#|]/);
    }),
  );
});

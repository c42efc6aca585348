import fc from 'fast-check';
import { expect, it } from 'vitest';
import { html, trusted, unbroken } from './template.ts';

it('escapes whatever is put in, and passes on what was made the same way', () => {
  const inner = html`<b title="${'"'}">${'<&>'}</b>`;
  expect(html`<p>${inner}${undefined}${[1, inner]}</p>`.text).toBe(
    '<p><b title="&quot;">&lt;&amp;&gt;</b>1<b title="&quot;">&lt;&amp;&gt;</b></p>',
  );
});

it('lets no text end an attribute or open a tag', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.text).not.toMatch(/[<>"']/);
    }),
  );
});

it('makes marks visible that turn text around', () => {
  expect(html`a${'\u202e\u0000'}b`.text).toBe('a\ufffd\ufffdb');
});

it('keeps figures and units on one line', () => {
  expect(unbroken('3.42 s against 61.7 MB/s (±5 %, n = 6) so')).toBe(
    '3.42\u00a0s against 61.7\u00a0MB/s (±5\u00a0%, n\u00a0=\u00a06) so',
  );
});

it('does not touch what is trusted', () => {
  expect(html`${trusted('<svg/>')}`.text).toBe('<svg/>');
});

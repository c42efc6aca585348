import fc from 'fast-check';
import { expect, it } from 'vitest';
import { html, trusted } from './html.ts';

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

it('does not touch what is trusted', () => {
  expect(html`${trusted('<svg/>')}`.text).toBe('<svg/>');
});

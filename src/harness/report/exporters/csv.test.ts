import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csv } from './csv.ts';

it('quotes what needs it', () => {
  expect(csv([['a,b', 'say "x"', 'two\nlines', undefined, 1.5, true]])).toBe(
    '"a,b","say ""x""","two\nlines",,1.5,true\n',
  );
});

it.each(['=1+1', '+1', '-1', '@x', '\t=1'])('makes no formula of the text %j', (text) => {
  expect(
    csv([[text]])
      .replace(/^"/, '')
      .startsWith("'"),
  ).toBe(true);
});

it('leaves negative numbers alone', () => {
  expect(csv([[-0.003]])).toBe('-0.003\n');
});

it('lets no control character and no change of direction through', () => {
  expect(csv([['\u001b[2J\ra\u202eb\u2066', '\u0000=1+1', 'tab\t']])).toBe(
    '\ufffd[2J\ufffda\ufffdb\ufffd,\ufffd=1+1,tab\t\n',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(csv([[text, text]])).not.toMatch(/[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

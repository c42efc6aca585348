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

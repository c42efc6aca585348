import { expect, it } from 'vitest';
import { problemsOf } from '../load-text.example.ts';

const withCrash = (rest: string) =>
  problemsOf(`name: x\nstorages: { local: {} }\nmeasure: { crash: {} }\n${rest}`).map(
    ({ message }) => message,
  );

it('is one guest on one host, whose cache varies', () => {
  expect(withCrash('factors: { cache: [none, unsafe] }\n')).toEqual([]);
  expect(withCrash('fixed: { guests: 1 }\n')).toEqual([]);
  expect(withCrash('factors: { guests: [1, 2] }\n')).toEqual([
    'factors.guests: expected 1 beside measure.crash, which looks at one guest, got 1, 2',
  ]);
  expect(withCrash('fixed: { guests: 4 }\n').join()).toContain('fixed.guests: expected 1');
});

it('stands without a migration', () => {
  const both = problemsOf(
    'name: x\nstorages: { shared: {} }\nmeasure: { crash: {}, migration: {} }\n',
  );
  expect(both.map(({ message }) => message).join()).toContain('expected no migration beside it');
});

it('has a moment to be drawn', () => {
  const text = 'name: x\nmeasure: { crash: { earliest: 5s, latest: 5s } }\n';
  expect(
    problemsOf(text)
      .map(({ message }) => message)
      .join(),
  ).toContain('after earliest');
});

import { expect, it } from 'vitest';
import { loadText } from '../harness/scenario/load-text.example.ts';
import { expandArms } from '../harness/scenario/matrix.ts';
import { planNotes } from './plan-notes.ts';

function matrixOf(levels: string) {
  const text = `name: x\nstorages: { s: { kind: local } }\nmeasure: { creation: {} }\n${levels}\n`;
  return expandArms(loadText(text).scenario);
}

const plain = matrixOf('');

it('is nothing where one trial at a time is done on this machine', () => {
  expect(planNotes({ matrix: plain, needed: 1, groups: undefined, parallel: 1 })).toEqual([]);
});

it('names hosts, how many a trial takes, and how many are done at once', () => {
  const notes = (needed: number, groups?: string[][]) =>
    planNotes({ matrix: plain, needed, groups, parallel: 2 }).join();
  expect(notes(1, [['a']])).toBe('on a');
  expect(notes(1, [['a'], ['b']])).toBe('on a; b: 2 trials at once');
  expect(
    notes(2, [
      ['a', 'b'],
      ['c', 'd'],
    ]),
  ).toBe('on a, b; c, d: a trial takes 2 hosts, 2 trials at once');
  expect(notes(3)).toContain('a trial takes 3 hosts: this machine under as many names');
});

it('tells what is prepared for guests that are restored', () => {
  const matrix = matrixOf('factors: { start: [boot, snapshot] }');
  expect(planNotes({ matrix, needed: 1, groups: undefined, parallel: 1 }).join()).toMatch(
    /booted and saved/,
  );
});

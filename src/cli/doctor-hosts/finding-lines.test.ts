import { expect, it } from 'vitest';
import { findingLines } from './finding-lines.ts';

it('marks problems, and puts what to do below', () => {
  expect(
    findingLines([
      { topic: 'cpu', text: 'governor powersave', advice: 'use performance' },
      { topic: 'bridge', text: '', problem: { message: 'found none', remedy: 'make one' } },
      { topic: '', text: 'fio is missing' },
    ]),
  ).toEqual([
    '  cpu             governor powersave',
    '                    use performance',
    '  bridge          ! found none',
    '                    make one',
    '                  fio is missing',
  ]);
});

import { describe, expect, it } from 'vitest';
import { closest, didYouMean } from './closest.ts';

const kinds = ['local', 'lustre', 'shared-directory'];

describe('closest', () => {
  it.each([
    ['luster', 'lustre'],
    ['Local', 'local'],
    ['locl', 'local'],
    ['loocal', 'local'],
    ['shared-dirctory', 'shared-directory'],
  ])('finds for %s the candidate %s', (word, expected) => {
    expect(closest(word, kinds)).toBe(expected);
  });

  it.each(['', 'nfs', 'x', 'directory'])('finds nothing for %j', (word) => {
    expect(closest(word, kinds)).toBeUndefined();
  });

  it('does not take a word of one letter for another', () => {
    expect(closest('a', ['b'])).toBeUndefined();
  });

  it('asks', () => {
    expect(didYouMean('clon', ['copy', 'clone'])).toBe('did you mean "clone"?');
    expect(didYouMean('clon', [])).toBeUndefined();
  });
});

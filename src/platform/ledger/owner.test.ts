import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentOwner, ownerName, ownerState, parseOwnerName } from './owner.ts';

const own = currentOwner();

describe('ownerState', () => {
  it.each([
    ['this process', {}, 'alive'],
    ['another process with its number', { start: '1' }, 'dead'],
    ['a process before the last boot', { boot: '0'.repeat(32) }, 'dead'],
    [
      'one of a container that is gone with the last boot',
      { boot: '0', pidNamespace: '1' },
      'dead',
    ],
    ['a process of another machine', { boot: '0'.repeat(32), machine: 'far' }, 'elsewhere'],
    ['a process of another container', { pidNamespace: '1' }, 'elsewhere'],
  ])('of %s', (_, difference, state) => {
    expect(ownerState({ ...own, ...difference })).toBe(state);
  });
});

describe('ownerName', () => {
  it('is read back as it was', () => {
    expect(parseOwnerName(ownerName(own))).toEqual(own);
    const digits = fc.stringMatching(/^\d{1,12}$/);
    const owner = fc.record({
      pid: fc.nat(),
      start: digits,
      boot: fc.stringMatching(/^[0-9a-f]{32}$/),
      pidNamespace: digits,
      machine: fc.stringMatching(/^[a-z][a-z0-9.-]{0,40}$/),
    });
    fc.assert(
      fc.property(owner, (one) => {
        expect(parseOwnerName(ownerName(one))).toEqual(one);
      }),
    );
  });

  it('leaves room for a label in the name of a file', () => {
    expect(ownerName(own).length).toBeLessThan(140);
  });
});

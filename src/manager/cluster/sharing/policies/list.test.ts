import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../base/stats/random.ts';
import type { Donor } from '../model.ts';
import { sharingPolicies, type SharingPolicyName } from './list.ts';

/** θ = 0.8. */
function donor(id: string, capacity: number, load: number): Donor {
  return { id, capacity, load, spare: 0.8 * capacity - load };
}

const donors = [
  donor('large', 1000, 500), // spare 300, 30 %
  donor('idle', 100, 5), // spare 75, 75 %
  donor('middle', 400, 120), // spare 200, 50 %
  donor('twin', 400, 120),
];

function order(name: SharingPolicyName, deficit: number): string {
  const chosen = sharingPolicies[name](deficit, donors, seededRandom('1'));
  return chosen.map(({ id }) => id).join(' ');
}

describe('sharingPolicies', () => {
  it.each([
    ['ma2scf-reconstructed', 50, 'large middle twin idle'],
    ['ratio-first', 50, 'idle middle twin large'],
    ['least-loaded', 50, 'idle middle twin large'],
    ['best-fit', 50, 'idle'],
    ['best-fit', 150, 'middle'],
    ['best-fit', 250, 'large'],
    ['best-fit', 360, 'large idle'],
    ['best-fit', 500, 'large middle'],
    ['none', 50, ''],
  ] as const)('%s asks for %d of: %s', (name, deficit, expected) => {
    expect(order(name, deficit)).toBe(expected);
  });

  it.each([
    [
      'ma2scf-reconstructed',
      [donor('b', 100, 30), donor('a', 200, 110), donor('c', 100, 30)],
      'b c a',
    ],
    ['ratio-first', [donor('b', 100, 40), donor('a', 200, 80), donor('c', 100, 40)], 'a b c'],
    ['least-loaded', [donor('b', 100, 40), donor('a', 200, 40)], 'a b'],
    ['best-fit', [donor('b', 100, 40), donor('a', 100, 40)], 'a'],
  ] as const)(
    '%s decides between equals by its second thought, then by name',
    (name, equals, expected) => {
      const asked = (some: readonly Donor[]) =>
        sharingPolicies[name](10, some, seededRandom('1'))
          .map(({ id }) => id)
          .join(' ');
      expect(asked(equals)).toBe(expected);
      expect(asked(equals.toReversed())).toBe(expected);
    },
  );

  it('weighs what is asked by capacity in ratio-first only', () => {
    const small = donor('small', 10, 4);
    const big = donor('big', 1000, 100);
    const asked = (name: SharingPolicyName) =>
      sharingPolicies[name](1, [small, big], seededRandom('1'))[0]?.id;
    expect(asked('ratio-first')).toBe('big');
    expect(asked('least-loaded')).toBe('small');
  });

  it('draws the order of random from the randomness that it is given', () => {
    const drawn = new Set(
      Array.from({ length: 40 }, (_, seed) =>
        sharingPolicies
          .random(1, donors, seededRandom(String(seed)))
          .map(({ id }) => id)
          .join(),
      ),
    );
    expect(drawn.size).toBeGreaterThan(10);
  });
});

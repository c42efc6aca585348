import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guestsOn, hostOfGuest } from './spread.ts';

const spreads = fc.record({
  guests: fc.integer({ min: 1, max: 30 }),
  hosts: fc.integer({ min: 1, max: 8 }),
});

it('every host gets its share of the guests, none more than one above another', () => {
  fc.assert(
    fc.property(spreads, (levels) => {
      const counts = Array.from({ length: levels.hosts }, () => 0);
      for (let guest = 0; guest < levels.guests; guest++) {
        const host = hostOfGuest(guest, levels);
        counts[host] = (counts[host] ?? NaN) + 1;
      }
      expect(Math.max(...counts)).toBe(guestsOn(1, levels));
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});

it.each([
  [1, { guests: 4, hosts: 1 }, 1, 4],
  [2, { guests: 4, hosts: 1 }, 1, 4],
  [1, { guests: 5, hosts: 2 }, 1, 3],
  [2, { guests: 5, hosts: 2 }, 1, 5],
  [2, { guests: 4, hosts: 1 }, 2, 8],
  [4, { guests: 4, hosts: 2 }, 2, 8],
])(
  'on %i hosts, of %j in %i trials at once, are at most %i guests',
  (hosts, levels, trials, most) => {
    expect(guestsOn(hosts, levels, trials)).toBe(most);
  },
);

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../base/stats/random.ts';
import { correlatedFaults } from './faults.ts';

it('lets neighbours fail together, each incident in its part of the time', () => {
  const options = fc.record({
    hosts: fc.integer({ min: 1, max: 50 }),
    together: fc.integer({ min: 0, max: 60 }),
    incidents: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(options, fc.string(), (some, seed) => {
      const all = { ...some, duration: 100, repair: 3 };
      const incidents = correlatedFaults({ ...all, random: seededRandom(seed) });
      expect(correlatedFaults({ ...all, random: seededRandom(seed) })).toEqual(incidents);
      const together = Math.min(some.together, Math.floor(some.hosts / 2));
      expect(incidents).toHaveLength(together === 0 ? 0 : some.incidents);
      for (const [index, { at, hosts }] of incidents.entries()) {
        expect(Math.floor((at * some.incidents) / 100)).toBe(index);
        expect(hosts).toHaveLength(together);
        expect(hosts[0]).toBeGreaterThanOrEqual(0);
        expect(hosts.at(-1)).toBeLessThan(some.hosts);
        expect(hosts).toEqual(hosts.map((_, offset) => (hosts[0] ?? 0) + offset));
      }
    }),
  );
});

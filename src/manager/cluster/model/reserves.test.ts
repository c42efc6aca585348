import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Reserves } from './reserves.ts';

it('keeps what the worst failure of another host would need', () => {
  const guest = fc.record({
    backup: fc.nat(2),
    host: fc.nat(2),
    cpu: fc.nat(5),
    memory: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(guest, { maxLength: 12 }), fc.array(fc.nat(11)), (guests, gone) => {
      const reserves = new Reserves(3, [0, 1]);
      const demand = (at: number) =>
        Float64Array.from([guests[at]?.cpu ?? 0, guests[at]?.memory ?? 0, 0, 0, 0]);
      const there = new Set(guests.keys());
      for (const [at, { backup, host }] of guests.entries()) {
        reserves.change(backup, host, demand(at), 0, 1);
      }
      for (const at of gone) {
        const guest = guests[at];
        if (guest === undefined || !there.delete(at)) continue;
        reserves.change(guest.backup, guest.host, demand(at), 0, -1);
      }
      for (const backup of [0, 1, 2]) {
        const needs = [0, 1, 2].map((host) =>
          [...there].reduce((sum, at) => {
            const guest = guests[at];
            return guest?.backup === backup && guest.host === host ? sum + guest.memory : sum;
          }, 0),
        );
        expect(reserves.kept[backup * 5 + 1]).toBe(Math.max(...needs));
      }
    }),
  );
});

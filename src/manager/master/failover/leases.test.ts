import { expect, it } from 'vitest';
import { Leases } from './leases.ts';

let seconds = 0;
const leases = () => new Leases(() => seconds);

it('proves nothing before lease, watchdog and what clocks may differ have passed', () => {
  seconds = 100;
  const all = leases();
  seconds = 200;
  all.heard('a');
  seconds = 200 + 30;
  expect(() => all.proof('a', 30)).toThrow(/34 s after it was heard of last/);
  seconds = 200 + 33.4;
  expect(() => all.proof('a', 30)).toThrow(/for certain/);
  seconds = 200 + 33.5;
  expect(all.proof('a', 30)).toMatch(/its lease has ended: .* 30 s .* 33 s ago/);
});

it('counts from the last message, and from the begin of this master where there was none', () => {
  seconds = 1000;
  const all = leases();
  all.heard('a');
  seconds = 1030;
  expect(() => all.proof('b', 30)).toThrow(/for certain/);
  all.heard('a');
  seconds = 1040;
  expect(all.proof('b', 30)).toMatch(/40 s ago/);
  expect(() => all.proof('a', 30)).toThrow(/for certain/);
});

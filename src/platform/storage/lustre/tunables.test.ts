import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fixture } from './fixture.example.ts';
import { mangled } from './mangled.example.ts';
import { parseTunables } from './tunables.ts';

it('reads tunables of the whole client', () => {
  expect(Object.fromEntries(parseTunables(fixture('2.17/llite-tunables')))).toEqual({
    ...{ max_read_ahead_mb: '256', max_cached_mb: '2966', checksums: '1', fast_read: '1' },
    ...{ parallel_dio: '1', hybrid_io: '1' },
  });
});

it('reads tunables of devices, each value once, of choices the one that is made', () => {
  expect(Object.fromEntries(parseTunables(fixture('2.17/osc-tunables')))).toEqual({
    ...{ max_rpcs_in_flight: '8', max_pages_per_rpc: '1024', max_dirty_mb: '742' },
    ...{ checksums: '1', checksum_type: 't10ip4K' },
  });
  expect(parseTunables('osc.a.max=8\nosc.b.max=16\n').get('max')).toBe('8, 16');
});

it('takes any text', () => {
  fc.assert(
    fc.property(mangled('2.17/llite-tunables', '2.17/osc-tunables'), (text) => {
      expect([...parseTunables(text).values()].every((value) => !value.includes('\n'))).toBe(true);
    }),
  );
});

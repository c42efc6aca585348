import fc from 'fast-check';
import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { separator } from './look.ts';
import { parseWriteRates, readWriteRates } from './write-rate.ts';

const stat = (at: number, disks: Readonly<Record<string, number>>) =>
  [
    String(at),
    ...Object.entries(disks).map(
      ([name, sectors]) =>
        `/sys/block/${name}/stat  5401951 165597 192314830 5150588 5612713 670391 ${sectors} 1677456 0 844416 6981666`,
    ),
  ].join('\n');

it('gives bytes a second for each disk', () => {
  const text =
    stat(100, { sda: 1000, 'cciss!c0d0': 5 }) +
    separator +
    stat(104, { sda: 9000, 'cciss!c0d0': 5 });
  expect(parseWriteRates(text)).toEqual([
    { disk: '/dev/sda', rate: (8000 * 512) / 4, watched: 4 },
    { disk: '/dev/cciss/c0d0', rate: 0, watched: 4 },
  ]);
});

it('never gives a rate below 0', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: -5, max: 5 }), (before, after, seconds) => {
      const text = stat(10, { sda: before }) + separator + stat(10 + seconds, { sda: after });
      for (const { rate } of parseWriteRates(text)) expect(rate).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('reads what this machine says', async () => {
  for (const { rate, watched } of await readWriteRates(localShell, 0.1)) {
    expect(rate).toBeGreaterThanOrEqual(0);
    expect(watched).toBeGreaterThan(0);
  }
});

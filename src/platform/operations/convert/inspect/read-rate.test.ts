import { expect, it } from 'vitest';
import { parseTransferRate } from './read-rate.ts';

it.each([
  ['67108864 bytes (67 MB, 64 MiB) copied, 0.5 s, 134 MB/s\n', 67_108_864 * 2],
  ['64+0 records in\n67108864 bytes (64.0MB) copied, 2.000000 seconds, 32.0MB/s\n', 33_554_432],
  [
    "dd: failed to open '/x': Invalid argument\n67108864 bytes (67 MB, 64 MiB) copied, 6.7e-01 s, 100 MB/s\n",
    67_108_864 / 0.67,
  ],
  ["dd: failed to open '/dev/vda': Operation not permitted\n", undefined],
  ['0 bytes copied, 0 s, Infinity B/s\n', undefined],
])('reads %j', (text, rate) => {
  expect(parseTransferRate(text)).toEqual(rate);
});

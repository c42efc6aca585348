import { expect, it } from 'vitest';
import { unbroken } from './template.ts';

it('keeps figures and units on one line', () => {
  expect(unbroken('3.42 s against 61.7 MB/s (±5 %, n = 6, 53.2 /s) so')).toBe(
    '3.42\u00a0s against 61.7\u00a0MB/s (±5\u00a0%, n\u00a0=\u00a06, 53.2\u00a0/s) so',
  );
});

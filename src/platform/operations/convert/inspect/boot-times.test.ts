import { expect, it } from 'vitest';
import { parseBootTimes } from './boot-times.ts';
import { separator } from './look.ts';

const text = (line: string, processes: string) =>
  [line, '100', '1609\n1801', processes].join(`\n${separator}\n`);

it('tells when the last service was started, after the kernel', () => {
  const line = '[    2.431876] Run /sbin/init as init process';
  // What somebody started an hour later, or after half a minute, is no part of the boot.
  const processes = '512 900 1609\n743 1801 1802\n900 77\n4000 1801\n360000 1801';
  const { kernel, services } = parseBootTimes(text(line, processes));
  expect(kernel).toBe(2.431876);
  expect(services).toBeCloseTo(7.43 - 2.431876);
});

it('knows nothing where the log has been overwritten', () => {
  expect(parseBootTimes(text('', ''))).toEqual({});
});

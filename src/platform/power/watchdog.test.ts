import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchdogAt } from './watchdog.ts';

let sysfs = '';

beforeEach(() => {
  sysfs = mkdtempSync(join(tmpdir(), 'vg-watchdog-'));
});
afterEach(() => rmSync(sysfs, { recursive: true }));

/** A watchdog in the system's list under the name of a device that swallows what is written. */
function listed(seconds: string): void {
  mkdirSync(join(sysfs, 'null'), { recursive: true });
  writeFileSync(join(sysfs, 'null/timeout'), `${seconds}\n`);
}

it('is read without being touched, armed, kept quiet and let go', () => {
  listed('60');
  const watchdog = watchdogAt('/dev/null', sysfs);
  expect(watchdog.timeout).toBe(60);
  watchdog.keepAlive();
  watchdog.arm();
  watchdog.keepAlive();
  watchdog.disarm();
  watchdog.disarm();
});

it('is not armed when it takes longer than was promised', () => {
  listed('10');
  const watchdog = watchdogAt('/dev/null', sysfs);
  listed('60');
  expect(() => watchdog.arm()).toThrow(/resets after 60 s now, it was after 10 s/);
});

it.each([
  ['there is none', '/dev/no-watchdog', '60', /no such file/i],
  ['it is a file', '/etc/passwd', '60', /it is no device/],
  ['the system knows no such watchdog', '/dev/zero', '60', /no such file/i],
  ['it says nothing', '/dev/null', 'soon', /resets after NaN s/],
  ['it leaves no time', '/dev/null', '1', /too short/],
])('is refused where %s', (_, path, seconds, expected) => {
  listed(seconds);
  expect(() => watchdogAt(path, sysfs)).toThrow(expected);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseMonitorEvent } from './monitor-event.ts';

const lines = readFileSync(new URL('fixtures/monitor-events.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

it("reads QEMU's events with their own stamps", () => {
  const events = lines.map(parseMonitorEvent);
  expect(events.map((event) => event?.event)).toEqual([
    ...['MIGRATION', 'MIGRATION_PASS', 'STOP', 'BLOCK_JOB_READY'],
  ]);
  expect(events[0]).toEqual({
    ...{ domain: 'vg-1-0-a1b2c3', event: 'MIGRATION', data: { status: 'setup' } },
    wall: 1795242093.457707,
  });
  expect(events[2]).toMatchObject({ data: {}, wall: 1795242093.863061 });
});

it.each([
  '',
  'error: failed to connect to the hypervisor',
  'event loop interrupted',
  "2026-11-21 06:20:33.208+0000: event 'lifecycle' for domain 'x': Started Booted",
])('passes over %j', (line) => {
  expect(parseMonitorEvent(line)).toBeUndefined();
});

it('takes details that are no JSON for none', () => {
  const line = `event X at 1.000002 for domain 'a': {"half":`;
  expect(parseMonitorEvent(line)).toMatchObject({ event: 'X', data: {}, wall: 1.000002 });
});

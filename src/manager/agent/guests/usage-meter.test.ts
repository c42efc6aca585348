import { expect, it } from 'vitest';
import { UsageMeter } from './usage-meter.ts';

/** `/proc/PID/stat` of a process that has used so many ticks, in user and system mode, and has pages. */
const stat = (user: number, system: number, pages: number) =>
  `7 (a (b) c) S ${[1, 1, 1, 0, -1, 0, 0, 0, 0, 0, user, system, 0, 0, 20, 0, 1, 0, 99, 0, pages].join(' ')}`;

it('tells cores between two looks, and memory now', () => {
  let [now, text] = [0, stat(100, 50, 10)];
  const meter = new UsageMeter(
    () => text,
    () => now,
  );
  const pids = new Map([['web', 7]]);
  expect(meter.measure(pids)).toEqual(new Map());
  [now, text] = [2000, stat(300, 150, 25)];
  expect(meter.measure(pids).get('web')).toEqual({ cpu: 1.5, memory: 25 * 4096 });
  // Too soon to tell anything new.
  [now, text] = [2100, stat(310, 150, 25)];
  expect(meter.measure(pids).get('web')).toEqual({ cpu: 1.5, memory: 25 * 4096 });
});

it('begins anew with another process, and forgets who is gone', () => {
  let now = 0;
  const meter = new UsageMeter(
    (pid) => {
      if (pid === 9) throw new Error('no such process');
      return stat(now, 0, 1);
    },
    () => now,
  );
  meter.measure(new Map([['web', 7]]));
  now = 1000;
  expect(meter.measure(new Map([['web', 7]])).size).toBe(1);
  now = 2000;
  meter.measure(new Map([['web', 8]]));
  expect(meter.measure(new Map([['web', 9]])).size).toBe(0);
  expect(meter.measure(new Map()).size).toBe(0);
});

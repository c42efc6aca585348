import { expect, it } from 'vitest';
import type { Sample, Trial } from '../../harness/results/schema.ts';
import { plainLines, trialLine } from './lines.ts';

const arm = { storage: 'local', guests: 4 };
const trial: Trial = { trial: 3, block: 0, arm, state: 'completed', startedAt: 0, duration: 1 };
const sample = (
  metric: string,
  value: number,
  unit: string,
  other: Partial<Sample> = {},
): Sample => ({
  ...{ metric, value, unit, arm, trial: 3, kind: 'measured', at: 0, ...other },
});

it('tells the totals of a trial, the slowest guest counting, each job apart', () => {
  const line = trialLine(trial, [
    sample('creation.total', 3.4216, 's', { guest: 0 }),
    sample('creation.total', 2, 's', { guest: 1 }),
    sample('creation.phase', 9, 's', { phase: 'kernel' }),
    sample('guest-io.throughput', 1e6, 'B/s', { job: 'a' }),
    sample('guest-io.throughput', 2e6, 'B/s', { job: 'b' }),
  ]);
  expect(line).toBe(
    'completed local · 4 guests: creation.total 3.42 s, ' +
      'guest-io.throughput[a] 1.00 MB/s, guest-io.throughput[b] 2.00 MB/s',
  );
});

it('tells of a migration its total time and the two downtimes that matter', () => {
  const line = trialLine({ ...trial, arm: { method: 'post-copy', dirtyRate: 8_388_608 } }, [
    sample('migration.downtime', 0.008, 's', { observer: 'hypervisor-reported' }),
    sample('migration.downtime', 0.03, 's', { observer: 'guest' }),
    sample('migration.downtime', 1.12, 's', { observer: 'network' }),
    sample('migration.total-time', 1.5, 's'),
    sample('migration.lost-writes', 0, 'writes'),
  ]);
  expect(line).toBe(
    'completed post-copy · dirtying 8 MiB/s: migration.downtime[hypervisor-reported] 8.00 ms, ' +
      'migration.downtime[network] 1.12 s, migration.total-time 1.50 s',
  );
  expect(trialLine(trial, [sample('migration.lost-writes', 3, 'writes')])).toContain(
    'migration.lost-writes 3.00 writes',
  );
});

it('tells in one line why a trial failed', () => {
  const message = 'guest 0 cp ended with code 1: cp: error writing\n  no space left';
  const failed: Trial = { ...trial, arm: {}, state: 'failed', reason: { message } };
  expect(trialLine(failed, [])).toBe(
    'failed: guest 0 cp ended with code 1: cp: error writing | no space left',
  );
});

it('counts on from what an earlier process has done', () => {
  const lines: string[] = [];
  const tell = plainLines((line) => lines.push(line));
  tell({ type: 'preparing', step: 'guest image' });
  tell({ type: 'planned', trials: 8, done: 5 });
  tell({ type: 'trial-started', trial: 5, arm });
  tell({ type: 'trial-ended', trial, samples: [] });
  tell({ type: 'trial-ended', trial, samples: [] });
  tell({ type: 'planned', trials: 12, done: 7 });
  tell({ type: 'trial-ended', trial, samples: [] });
  expect(lines).toEqual([
    'preparing: guest image',
    '6/8 completed local · 4 guests',
    '7/8 completed local · 4 guests',
    '8/12 completed local · 4 guests',
  ]);
});

import { expect, it } from 'vitest';
import { formatCleanSummary, formatRemoved } from './format-summary.ts';

const ledger = {
  label: '2026-11-20-quickstart-9f02',
  path: '/state/one',
  removed: [],
  failures: [],
};

it('counts what went', () => {
  const removed = [
    { what: 'QEMU process', count: 2 },
    { what: 'disk image', count: 3 },
    { what: 'work folder', count: 1 },
  ];
  expect(formatCleanSummary({ cleaned: [{ ...ledger, removed }], skipped: [] })).toEqual([
    'removed from 1 run that is no longer alive (2026-11-20-quickstart-9f02): ' +
      '2 QEMU processes, 3 disk images, 1 work folder',
  ]);
});

it('adds up several runs, and names one with two ledgers once', () => {
  const removed = [{ what: 'work folder', count: 1 }];
  const cleaned = [
    { ...ledger, label: 'a', removed },
    { ...ledger, label: 'a', removed },
    { ...ledger, label: 'b', removed },
  ];
  expect(formatCleanSummary({ cleaned, skipped: [] })).toEqual([
    'removed from 2 runs that are no longer alive (a, b): 3 work folders',
  ]);
});

it('says what is still there, why, and what was left alone', () => {
  const lines = formatCleanSummary({
    cleaned: [{ ...ledger, failures: [{ what: '/srv/vg', reason: 'something is mounted in it' }] }],
    skipped: [
      { label: 'c', path: '/state/c', why: 'alive', uid: 0, pid: 7, machine: 'here' },
      { label: 'd', path: '/state/d', why: 'elsewhere', uid: 0, pid: 8, machine: 'far' },
    ],
  });
  expect(lines).toEqual([
    'removed from 1 run that is no longer alive (2026-11-20-quickstart-9f02): nothing',
    'not removed: /srv/vg: something is mounted in it',
    '  When it has been dealt with by hand: virtgauge clean, or delete /state/one',
    'left alone: c (process 7 is alive)',
    expect.stringMatching(/^left alone: d .*container, far: .* delete \/state\/d/),
  ]);
});

it('finds nothing', () => {
  expect(formatCleanSummary({ cleaned: [], skipped: [] })).toEqual(['nothing to remove']);
  expect(formatRemoved([])).toBe('nothing');
});

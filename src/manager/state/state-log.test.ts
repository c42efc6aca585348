import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BreakingDisk, Killed } from './breaking-disk.example.ts';
import { NotRecorded, openStateLog, type StateLog } from './state-log.ts';

type Numbers = readonly number[];

const rules = {
  empty: (): Numbers => [],
  reduce: (state: Numbers, entry: number): Numbers => [...state, entry],
};

function open(disk: BreakingDisk, snapshotEvery = 4): StateLog<Numbers, number> {
  return openStateLog({ ...rules, folder: '/state', disk, snapshotEvery });
}

/** Appends batches until the process dies; gives what was acknowledged, and what was on its way. */
function until(disk: BreakingDisk, batches: readonly Numbers[], from: Numbers) {
  const acknowledged = [...from];
  let underway: Numbers = [];
  try {
    const log = open(disk);
    for (const batch of batches) {
      underway = batch;
      log.append(...batch);
      acknowledged.push(...batch);
      underway = [];
    }
  } catch (error) {
    if (!(error instanceof Killed) && !(error instanceof NotRecorded)) throw error;
  }
  return { acknowledged, underway };
}

/** What is there after a crash: all that was acknowledged, and of the last batch the beginning at most. */
function expectNothingLost(state: Numbers, acknowledged: Numbers, underway: Numbers): void {
  expect(state.slice(0, acknowledged.length)).toEqual(acknowledged);
  const rest = state.slice(acknowledged.length);
  expect(rest).toEqual(underway.slice(0, rest.length));
}

const batches: readonly Numbers[] = [[1], [2, 3], [4], [5, 6, 7], [8], [9], [10, 11], [12], [13]];

describe('killed at any byte, and with the power failing at any byte, a state log', () => {
  it.each(['kept', 'lost'] as const)('has all that was acknowledged (power %s)', (power) => {
    for (let steps = 0; ; steps++) {
      const disk = new BreakingDisk();
      disk.steps = steps;
      const { acknowledged, underway } = until(disk, batches, []);
      disk.restart(power, () => (steps % 7) / 6);
      const log = open(disk);
      expectNothingLost(log.state, acknowledged, underway);
      const before = log.state;
      log.append(100);
      disk.restart('lost', () => 0);
      expect(open(disk).state).toEqual([...before, 100]);
      if (acknowledged.length === batches.flat().length) break;
    }
  });

  it('has it after many crashes in a row too', () => {
    const crash = fc.record({
      steps: fc.nat(1500),
      power: fc.constantFrom('kept' as const, 'lost' as const),
      choices: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      batches: fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(crash, { minLength: 1, maxLength: 8 }), (crashes) => {
        const disk = new BreakingDisk();
        let state: Numbers = [];
        for (const { steps, power, choices, batches: some } of crashes) {
          disk.steps = steps;
          const { acknowledged, underway } = until(disk, some, state);
          disk.restart(power, () => choices.next().value as number);
          ({ state } = open(disk));
          expectNothingLost(state, acknowledged, underway);
        }
      }),
    );
  });
});

describe('with a full disk a state log', () => {
  it('refuses what does not fit, has all the rest, and goes on when there is space', () => {
    for (let space = 0; space < 400; space++) {
      const disk = new BreakingDisk();
      disk.space = space;
      const log = open(disk);
      const accepted: number[] = [];
      for (let entry = 0; entry < 20; entry++) {
        try {
          log.append(entry, entry);
          accepted.push(entry, entry);
        } catch (error) {
          expect(error).toBeInstanceOf(NotRecorded);
        }
        expect(log.state).toEqual(accepted);
      }
      expect(open(copy(disk)).state).toEqual(accepted);
      disk.space = Infinity;
      log.append(7);
      expect(open(copy(disk)).state).toEqual([...accepted, 7]);
    }
  });

  it('refuses while syncing fails, and does not find afterwards what it has refused', () => {
    const disk = new BreakingDisk();
    const log = open(disk);
    log.append(1);
    disk.broken = true;
    expect(() => log.append(2)).toThrow(NotRecorded);
    expect(() => log.append(3)).toThrow(NotRecorded);
    expect(log.state).toEqual([1]);
    disk.broken = false;
    log.append(4);
    disk.restart('lost', () => 0.5);
    expect(open(disk).state).toEqual([1, 4]);
  });
});

function copy(disk: BreakingDisk): BreakingDisk {
  const other = new BreakingDisk();
  for (const [path, { current }] of disk.files) {
    other.files.set(path, { durable: current, current });
  }
  return other;
}

describe('on a real disk a state log', () => {
  function inFolder(work: (folder: string) => void): void {
    const folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
    try {
      work(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const real = (folder: string) => openStateLog({ ...rules, folder, snapshotEvery: 10 });

  it('is as it was when it is opened again, with a short log', () => {
    inFolder((folder) => {
      const log = real(folder);
      const entries = Array.from({ length: 95 }, (_, index) => index);
      for (const entry of entries) log.append(entry);
      log.close();
      expect(real(folder).state).toEqual(entries);
      expect(readFileSync(join(folder, 'state.log'), 'utf8').split('\n')).toHaveLength(6);
    });
  });

  it('cut at any byte has the entries before it, and takes new ones', () => {
    inFolder((folder) => {
      const log = real(folder);
      for (const entry of [1, 2, 3]) log.append(entry);
      log.close();
      const path = join(folder, 'state.log');
      const whole = readFileSync(path);
      for (let size = 0; size <= whole.length; size++) {
        writeFileSync(path, whole.subarray(0, size));
        const lines = whole.subarray(0, size).toString().split('\n').length - 1;
        const cut = real(folder);
        expect(cut.state).toEqual([1, 2, 3].slice(0, lines));
        cut.append(9);
        cut.close();
        expect(real(folder).state).toEqual([...[1, 2, 3].slice(0, lines), 9]);
      }
    });
  });

  it('that is damaged in its middle, or lacks entries, is not used', () => {
    inFolder((folder) => {
      const log = real(folder);
      for (const entry of [1, 2, 3]) log.append(entry);
      log.close();
      const path = join(folder, 'state.log');
      const text = readFileSync(path, 'utf8');
      const [first = '', ...others] = text.split('\n');
      writeFileSync(path, [first.replace('1', '7'), ...others].join('\n'));
      expect(() => real(folder)).toThrow(/damaged/);
      writeFileSync(path, others.join('\n'));
      expect(() => real(folder)).toThrow(/expected number 1, got 2/);
      writeFileSync(join(folder, 'snapshot'), 'x');
      expect(() => real(folder)).toThrow(/snapshot/);
    });
  });
});

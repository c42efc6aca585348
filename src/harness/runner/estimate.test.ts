import { mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Trial } from '../results/schema.ts';
import { loadText } from '../scenario/load-text.example.ts';
import { expandArms } from '../scenario/matrix.ts';
import { estimateRun } from './estimate.ts';
import { systemSizeOf } from './system-size.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-estimate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const guests = `
name: quick
storages: { local: { kind: local } }
factors: { guests: [1, 2] }
measure: { creation: {} }
`;

function estimate(text: string, trials: number, data = 0) {
  const { scenario } = loadText(text);
  const matrix = expandArms(scenario);
  const levels = matrix.arms.map((arm) => arm.levels);
  const systemSize = systemSizeOf(scenario, levels);
  return estimateRun({
    ...{ scenario, matrix, trials, data, systemSize },
    ...{ results: folder, cache: join(folder, 'c') },
  });
}

/** An earlier run with trials of such lengths, written `age` seconds ago. */
function earlier(
  id: string,
  age: number,
  durations: readonly number[],
  state: Trial['state'] = 'completed',
) {
  mkdirSync(join(folder, id));
  const path = join(folder, id, 'trials.ndjson');
  const lines = durations.map((duration, index) => {
    const arm = { guests: (index % 2) + 1 };
    const trial: Trial = { trial: index, block: 0, arm, state, startedAt: 0, duration };
    return `${JSON.stringify(trial)}\n`;
  });
  writeFileSync(path, lines.join(''));
  const time = Date.now() / 1000 - age;
  utimesSync(path, time, time);
}

it('is a guess without an earlier run', () => {
  const { basis, time, text, storage } = estimate(guests, 12);
  expect(basis).toBe('a guess');
  expect(time).toBeGreaterThan(10);
  expect(text).toMatch(/^about .* \(a guess: no earlier run of it here\)$/);
  expect(storage).toBeGreaterThan(0);
});

it('comes from the medians of the last run of the same scenario', () => {
  earlier('2026-11-20-quick-ffff', 50, [100, 200]);
  earlier('2026-11-20-quick-0001', 20, [1, 10, 2, 20, 300, 3000]);
  earlier('2026-11-21-quick-big-41c7', 5, [7, 7]);
  earlier('2026-11-21-quick-0002', 1, [9, 9], 'failed');
  const { basis, time, text } = estimate(guests, 6);
  expect([basis, time]).toEqual(['the last run here', 66]);
  expect(text).toBe('about 1 min 6 s (from the last run here)');
});

it('knows the second run of a name', () => {
  earlier('2026-11-20-quick-ffff-2', 50, [3, 5]);
  expect(estimate(guests, 2).time).toBe(8);
});

it('does without runs that cannot be read', () => {
  earlier('2026-11-20-quick-ffff', 50, [3, 5]);
  mkdirSync(join(folder, '2026-11-21-quick-0001'));
  writeFileSync(join(folder, '2026-11-21-quick-0001', 'trials.ndjson'), 'nonsense\n');
  expect(estimate(guests, 2).time).toBe(8);
});

it('asks for no storage where no guest is needed', () => {
  const { storage, time } = estimate('name: x\nmeasure: { noop: {} }\n', 1000);
  expect(storage).toBe(0);
  expect(time).toBeLessThan(10);
});

it('takes distributions for slower, and restored guests for sooner but with their memory saved', () => {
  const micro = estimate(guests, 12);
  const cloud = estimate(`${guests}guest: { image: cloud.qcow2 }\n`, 12);
  const restored = estimate(`${guests}fixed: { start: snapshot, memory: 1GiB }\n`, 12);
  expect(cloud.time).toBeGreaterThan(10 * micro.time);
  expect(restored.time).toBeLessThan(micro.time);
  expect((restored.storage ?? 0) - (micro.storage ?? 0)).toBeGreaterThanOrEqual(2 ** 30);
});

it('counts the disk of an image as its file has it, and gives no bound where there is none', () => {
  const path = join(folder, 'cloud.img');
  const storage = (text: string) => estimate(`${guests}${text}`, 12).storage;
  const micro = storage('') ?? NaN;
  const cloud = `guest: { image: ${path} }\n`;
  expect(storage(cloud)).toBeUndefined();
  writeFileSync(path, '');
  truncateSync(path, 3 * 2 ** 30);
  // Clones of it are as small as those of the micro guest.
  expect(storage(cloud)).toBe(micro + 3 * 2 ** 30 - 64 * 2 ** 20);
});

it('counts templates of every size and layout, and those on other storages where they lie', () => {
  const MiB = 2 ** 20;
  const storages = 'storages: { a: { kind: local }, b: { kind: local } }';
  const storage = (levels: string) => {
    const text = `name: quick\n${storages}\nmeasure: { creation: {} }\n${levels}\n`;
    return estimate(text, 12).storage ?? NaN;
  };
  const one = storage('fixed: { provisioning: copy }');
  const more = storage('fixed: { provisioning: copy }\nfactors: { templateData: [0, 100MiB] }');
  // Two templates, and the disk of the larger.
  expect(more - one).toBe(one / 2 + 2 * 100 * MiB);
  expect(storage('fixed: { provisioning: copy, template: b }')).toBe(one / 2);
});

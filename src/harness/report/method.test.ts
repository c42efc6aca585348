import { expect, it } from 'vitest';
import { analyse } from '../analysis/analysis.ts';
import { groupSamples } from '../analysis/group-samples.ts';
import { syntheticFigures } from '../analysis/synthetic-figures.example.ts';
import { type Synthetic, syntheticRun } from '../analysis/synthetic-run.example.ts';
import { commands, methodsText } from './method.ts';

function textOf(options: Synthetic): string {
  const { run, trials, samples } = syntheticRun(options);
  return methodsText(analyse({ run, trials, groups: groupSamples(samples) }));
}

it('says what was done, how often, on what, in which order, with which versions', () => {
  const jobs = [{ name: 'randread', rw: 'randread' }];
  const text = textOf({
    ...{ measure: ['creation', 'guest-io'], blocks: 6, seed: '41c7' },
    change: (run) => ({
      ...run,
      scenario: { ...run.scenario, measure: { creation: {}, 'guest-io': { jobs } } },
    }),
  });
  for (const part of [
    'Labels of all figures: emulated (TCG)',
    'made by virtgauge',
    'Versions: qemu 7.2.22',
    'Storage shared was',
    'memory 256 MiB',
    'Creation: all guests of a trial were requested at one moment',
    'Guest I/O: fio',
    'in an order drawn from the seed 41c7',
    'trials were planned beforehand',
    'between order statistics',
    '--seed 41c7',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toMatch(/undefined|NaN|\[object/);
  expect(text).not.toContain('Migration:');
});

it('gives the command of the run, with what was changed and left out', () => {
  const factors = { guests: [1, 4, 16], memory: [2 ** 27, 2 ** 28] };
  const { run } = syntheticRun({
    ...{ factors: { guests: [1, 4], memory: [2 ** 28] }, seed: '41c7' },
    change: (run) => ({
      ...run,
      ...{ source: 'my disk.yaml', overrides: ['repeat.trials=3'] },
      scenario: { ...run.scenario, hosts: 'lab', factors },
    }),
  });
  expect(commands(run).at(-1)).toBe(
    "npx virtgauge run 'my disk.yaml' --seed 41c7 --hosts lab --set repeat.trials=3 --filter 'guests=1|4,memory=268435456'",
  );
});

it('gives the limits that the run was given', () => {
  const writes = { limit: 5e10, templates: 0, trials: 0, ended: false };
  const { run } = syntheticRun({
    change: (run) => ({ ...run, budget: 5400, writes, shard: { index: 2, of: 4 } }),
  });
  expect(commands(run).at(-1)).toMatch(
    /^npx virtgauge run .* --budget 5400s --write-budget 50000000000 --shard 2\/4$/,
  );
});

it('says where nothing was run for longer than any trial took', () => {
  const { run, trials, samples } = syntheticRun({ blocks: 6 });
  const length = Math.max(...trials.map(({ duration }) => duration));
  const spaced = trials.map((trial, at) => ({ ...trial, startedAt: at * (length + 1) }));
  const text = (all: typeof trials) =>
    methodsText(analyse({ run, trials: all, groups: groupSamples(samples) }));
  expect(text(spaced)).not.toContain('nothing was run');
  const later = spaced.map((trial, at) =>
    at < 4 ? trial : { ...trial, startedAt: trial.startedAt + 3 * 3600 },
  );
  expect(text(later)).toMatch(/After 4 of them nothing was run for 3 h\./);
});

it('says nothing of fio where none ran', () => {
  expect(textOf({ measure: ['creation'], blocks: 6 })).not.toContain('Guest I/O: fio');
});

it.each([
  ['hotplug', 'was plugged into a running guest, or taken out of it, 3 times'],
  ['sharing', 'web (15 of 40 requests a second)'],
  ['manager', '60 guests were created at 5 a second whatever the master answered'],
  ['wire', 'exchanged a heartbeat of'],
] as const)('says how a run of %s was made, with the options of its scenario', (name, part) => {
  const { run, trials, samples } = syntheticFigures(name);
  const text = methodsText(analyse({ run, trials, groups: groupSamples(samples) }));
  expect(text).toContain(part);
  expect(text).not.toMatch(/undefined|NaN|\[object/);
});

it('has one line for each paragraph, without control characters, whatever things are called', () => {
  const hostile = 'a\u001b]0;x\u0007\u202eb\r\nMethods: none';
  const text = textOf({
    ...{ factors: { storage: [hostile, 'other'] }, seed: hostile },
    change: (run) => ({ ...run, source: hostile }),
  });
  expect(text).toContain(String.raw`a\u001b]0;x\u0007\u202eb\u000d\u000aMethods: none`);
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e|\nMethods: none/u);
});

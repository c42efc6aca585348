import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Event, Sample } from '../harness/results/schema.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { labDown, labExists, labUp } from '../platform/lab/index.ts';
import { missingForLab } from './missing-for-lab.example.ts';
import { Workplace } from './virtgauge.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip'];
const missing = missingForLab(programs);

const name = 'saved-states';
const place = new Workplace();
const scenario = `
name: saved
storages: { shared: {} }
fixed: { start: snapshot, guests: 2, memory: 128MiB, accelerator: tcg, cpu: qemu64 }
measure: { creation: {} }
repeat: { trials: 2, pilot: 3 }
`;

describe.skipIf(missing.length > 0)(
  `start: snapshot (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    afterAll(async () => {
      if (labExists(place.state, name)) await labDown({ stateDirectory: place.state, name });
      place.remove();
    });

    it('restores guests under addresses of their own, from one state for all trials', async () => {
      const cache = cacheDirectory(process.env);
      const shared = 'directory';
      await labUp({ name, namespaces: 1, shared, stateDirectory: place.state, cache });
      const file = join(place.folder, 'saved.yaml');
      writeFileSync(file, scenario);
      const folder = join(place.folder, 'results');
      const options = ['--hosts', `lab:${name}`, '--output', folder, '--no-report'];
      const { code, stderr } = await place.run('run', file, ...options);
      expect({ code, stderr }).toMatchObject({ code: 0 });

      const trials = [...readTrials(folder)];
      expect(trials.map(({ state }) => state)).toEqual(['completed', 'completed']);
      expect(readRun(folder).environment.savedStates).toMatch(/mapped-ram/);
      const lines = (path: string) => readFileSync(join(folder, path), 'utf8').trim().split('\n');
      const samples = lines('samples.ndjson').map((line) => JSON.parse(line) as Sample);
      for (const trial of [0, 1]) {
        for (const guest of [0, 1]) {
          const of = samples.filter((each) => each.trial === trial && each.guest === guest);
          const phases = of.filter(({ metric }) => metric === 'creation.phase');
          expect(phases.map(({ phase }) => phase)).toEqual([
            ...['provision', 'define', 'spawn', 'restore', 'identity', 'ready', 'unaccounted'],
          ]);
          const sum = phases.reduce((all, { value }) => all + value, 0);
          const total = of.find(({ metric }) => metric === 'creation.total');
          expect(sum).toBeCloseTo(total?.value ?? NaN, 6);
        }
      }
      const checked = lines('events.ndjson')
        .map((line) => JSON.parse(line) as Event)
        .filter(({ check }) => check !== undefined);
      expect(new Set(checked.map(({ phase }) => phase))).toEqual(
        new Set(['restore', 'identity', 'ready']),
      );
    }, 120_000);
  },
);

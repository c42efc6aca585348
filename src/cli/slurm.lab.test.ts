import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../base/package-root.ts';
import { readTrials } from '../harness/results/read-trials.ts';
import { readRun } from '../harness/results/run-file.ts';
import { slurmPrograms, TestCluster } from './slurm.example.ts';
import { missingForLab } from './missing-for-lab.example.ts';
import { expectPlannedTrials, markedQemus, Workplace } from './virtgauge.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', ...slurmPrograms];
const missing = missingForLab(programs);

let place: Workplace;
let cluster: TestCluster;

/** Guests of runs of this test. */
function guests(): number[] {
  return markedQemus().filter((pid) =>
    readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`VIRTGAUGE_STATE=${place.state}`),
  );
}

/** The command line in a job, as docs/slurm.md has it. */
function job(...args: string[]): string {
  const words = [process.execPath, '--import', 'tsx', 'src/cli/main.ts', ...args];
  return [
    `cd '${packageRoot}'`,
    `export VIRTGAUGE_STATE='${place.state}'`,
    `exec ${words.map((word) => `'${word}'`).join(' ')}`,
  ].join('\n');
}

describe.skipIf(missing.length > 0)(
  `in jobs of Slurm (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    beforeAll(() => {
      place = new Workplace();
      cluster = new TestCluster();
      return cluster.start();
    });
    afterAll(async () => {
      await cluster.stop();
      place.remove();
    });

    it('a run that is cancelled leaves nothing, and the next job ends it on another node', async () => {
      const folder = join(place.folder, 'run');
      const first = cluster.submit(
        ['--nodelist', 'n1', '--time', '30'],
        job(
          ...['run', 'scenarios/quickstart.yaml', '--hosts', 'slurm', '--output', folder],
          ...['--filter', 'storage=local,provisioning=clone,guests=1', '--seed', '1'],
          ...['--set', 'measure={creation: {}}', '--set', 'repeat.trials=3', '--no-report'],
        ),
      );
      const second = cluster.submit(
        ['--nodelist', 'n2', '--time', '30', '--dependency', `afterany:${first}`],
        job('resume', folder, '--no-report'),
      );
      while (!/^1\/3 completed/m.test(cluster.output(first))) {
        expect(cluster.output(first)).not.toMatch(/nothing was started|fault of virtgauge/);
        await sleep(100);
      }
      cluster.cancel(first);
      await cluster.ended(first);
      const output = cluster.output(first);
      expect(output).toMatch(/Slurm job \d+ ends in (30|29) min.*\(--budget\)/);
      expect(output).toMatch(/interrupted; everything is torn down\nto go on: virtgauge resume/);
      expect(readTrials(folder).length).toBeLessThan(3);

      await cluster.ended(second);
      expect(cluster.output(second)).toContain('3 trials, 3 completed');
      expectPlannedTrials(folder, '1', 3);
      const hosts = readTrials(folder).map((trial) => trial.hosts?.join());
      expect([hosts[0], hosts.at(-1)]).toEqual(['n1', 'n2']);
      const { environment } = readRun(folder);
      expect(Object.keys(environment.hosts ?? {})).toEqual(['n1', 'n2']);
      expect(environment.resumed).toEqual([
        'The run was resumed on other hosts: n2; before on n1.',
      ]);
      expect(guests()).toEqual([]);
      expect(place.ledgers()).toEqual([]);
    });

    it('a job array spreads a simulation, and its parts are the whole', async () => {
      const small = ['--set', 'fixed.hosts=20', '--set', 'fixed.guests=100', '--no-report'];
      const scenario = 'scenarios/sim/placement.yaml';
      const part = (name: string) => join(place.folder, `part-${name}`);
      const task = job('simulate', scenario, '--shard', 'SHARD', '--output', part('N'), ...small)
        .replace("'SHARD'", '"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"')
        .replace("part-N'", `part-'"$SLURM_ARRAY_TASK_ID"`);
      const array = cluster.submit(['--array', '1-4'], task);
      await cluster.ended(array);
      const parts = ['1', '2', '3', '4'].map(part);
      expect(parts.map((folder) => readTrials(folder).length)).toEqual([16, 16, 16, 16]);
      const merged = join(place.folder, 'merged');
      const { code, stderr } = await place.run('report', '--merge', ...parts, '--output', merged);
      expect([code, stderr]).toEqual([0, '']);
      expect(readTrials(merged).map(({ trial }) => trial)).toEqual(
        Array.from({ length: 64 }, (_, trial) => trial),
      );
    });
  },
);

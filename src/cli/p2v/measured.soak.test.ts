import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrials } from '../../harness/results/read-trials.ts';
import type { Sample } from '../../harness/results/schema.ts';
import { missingForMachines } from '../../platform/lab/machines/machines.example.ts';
import { Workplace } from '../virtgauge.example.ts';

const missing = missingForMachines();
const lab = `measured-${process.pid}`;
/** Bytes a second: 100 Mbit/s. */
const link = 12_500_000;

describe.skipIf(missing.length > 0)(
  `measurement p2v (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const place = new Workplace();
    beforeAll(async () => {
      const up = await place.run('lab', 'up', '--machines', 'plain:1,kvm:1', '--name', lab);
      expect(up, up.stderr).toMatchObject({ code: 0 });
    });
    afterAll(async () => {
      await place.run('lab', 'down', lab);
      expect(place.ledgers()).toEqual([]);
      place.remove();
    });

    it.each(['offline', 'warm', 'native-switch', 'warm-switch'])(
      '%s: nothing is lost, no byte differs, and all of it came by the link',
      async (conversion) => {
        const folder = join(place.folder, conversion);
        const arm = `conversion=${conversion},diskData=64MiB,linkRate=100Mbit`;
        const outcome = await place.run(
          ...['run', 'scenarios/papers/vshadow.yaml', '--hosts', `lab:${lab}`, '--filter', arm],
          ...['--set', 'repeat.trials=1', '--no-report', '--output', folder],
        );
        expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
        expect(readTrials(folder)).toMatchObject([{ state: 'completed' }]);
        const lines = readFileSync(join(folder, 'samples.ndjson'), 'utf8').trim().split('\n');
        const samples = lines.map((line) => JSON.parse(line) as Sample);
        const value = (metric: string) =>
          samples.find((sample) => sample.metric === `p2v.${metric}`)?.value ?? NaN;
        expect(value('downtime')).toBeGreaterThan(0);
        expect(value('downtime')).toBeLessThan(value('total-time'));
        expect(value('writes')).toBeGreaterThan(0);
        for (const metric of ['lost-writes', 'different-bytes', 'faulty-file-systems']) {
          expect(value(metric), metric).toBe(0);
        }
        // It is there again, as it was.
        const hosts = join(place.state, 'labs', lab, 'inventory.yaml');
        const plan = await place.run('p2v', 'plan', 'h1', '--target', 'h2', '--hosts', hosts);
        expect(plan, plan.stderr).toMatchObject({ code: 0 });
        // Compared is what was not zero: all that must have come, less the heads that its kernel merged.
        expect(value('transferred')).toBeGreaterThan(0.95 * value('compared-bytes'));
        expect(value('transferred')).toBeLessThan(1.05 * link * value('total-time'));
      },
    );
  },
);

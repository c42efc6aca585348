import { normalQuantile } from '../../../base/stats/normal.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import { p2vMetrics } from '../../measure/p2v/metrics.ts';
import type { Run, Sample, Trial } from '../../results/schema.ts';
import { syntheticRun } from '../synthetic-run.example.ts';

const mebibyte = 2 ** 20;

/** Records of conversions whose downtimes lie on known lines. For tests: nothing was measured. */
export function syntheticConversions({ blocks = 8, noise = 0.03, seed = 'p2' } = {}): {
  run: Run;
  trials: Trial[];
  samples: Sample[];
} {
  const factors = {
    conversion: ['offline', 'native-switch'],
    diskData: [64, 256, 1024].map((size) => size * mebibyte),
  };
  const { run } = syntheticRun({ measure: [], seed });
  const random = seededRandom(`conversions ${seed}`);
  const arms = factors.conversion.flatMap((conversion) =>
    factors.diskData.map((diskData) => ({ conversion, diskData })),
  );
  const trials: Trial[] = [];
  const samples: Sample[] = [];
  for (let block = 0; block < blocks; block++) {
    for (const [index, arm] of arms.entries()) {
      const trial = block * arms.length + index;
      const size = arm.diskData / mebibyte;
      // Offline: 10 s and 0.08 s a MiB; native switch: 9 s, whatever the size.
      const true_ = arm.conversion === 'offline' ? 10 + 0.08 * size : 9;
      const value = true_ * Math.exp(noise * normalQuantile(random.next() + 2 ** -54));
      const common = { arm, trial, kind: 'measured' as const, unit: 's', at: 60 * trial };
      samples.push({ ...common, metric: 'p2v.downtime', value });
      samples.push({ ...common, metric: 'p2v.predicted-downtime', value: true_ * 1.1 });
      samples.push({ ...common, metric: 'p2v.total-time', value: 20 + 0.1 * size });
      trials.push({
        ...{ trial, block, arm, state: 'completed', startedAt: 60 * trial, duration: 40 },
      });
    }
  }
  return {
    run: {
      ...run,
      ...{ factors, arms, metrics: { ...p2vMetrics }, planned: trials.length },
      scenario: { name: 'vshadow', measure: { p2v: {} }, repeat: { trials: blocks } },
      source: 'scenarios/papers/vshadow.yaml',
    },
    trials,
    samples,
  };
}

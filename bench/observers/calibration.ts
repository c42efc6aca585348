import { join } from 'node:path';
import { binomialBound } from '../../src/base/stats/binomial-bound.ts';
import { interpolatedQuantile } from '../../src/base/stats/interpolated-quantile.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { seededRandom } from '../../src/base/stats/random.ts';
import { runCalibration, type CalibrationFound } from '../../src/cli/calibrate/run-calibration.ts';
import { planPauses, type PauseKind } from '../../src/harness/observe/calibration/plan.ts';
import type { ObserverName } from '../../src/harness/observe/observer.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { labDown, labUp } from '../../src/platform/lab/index.ts';
import { loadInventory, type Inventory } from '../../src/platform/remote/inventory/load.ts';
import type { Benchmark, BenchmarkContext, Outcome, Row } from '../benchmark.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { spread } from '../figures/spread.ts';

/** Seconds. */
const pauses = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
/** Of each length; so many that 95 % of the errors can be shown to keep a limit. */
const usualTimes = 9;
const name = 'bench-calibration';

/** Of |gap − known pause|, in milliseconds. */
const goals: readonly { observer: ObserverName; kind: PauseKind; middle: number; p95?: number }[] =
  [
    { observer: 'network', kind: 'cut', middle: 2, p95: 5 },
    { observer: 'network', kind: 'stop', middle: 2, p95: 5 },
    { observer: 'hypervisor-events', kind: 'stop', middle: 1 },
  ];

/** How far the observers are off, as `virtgauge calibrate` finds it. */
export const calibration: Benchmark = {
  name: 'calibration',
  about: 'observers against known pauses of a guest; as root in a lab, where its link is cut, too',
  async run(context) {
    const found =
      process.getuid?.() === 0
        ? await inLab(context, (inventory) => calibrated(context, inventory))
        : await calibrated(context, undefined);
    return goals.flatMap((goal) => rows(found, goal));
  },
};

async function inLab<Result>(
  { directory, signal }: BenchmarkContext,
  act: (inventory: Inventory) => Promise<Result>,
): Promise<Result> {
  const stateDirectory = join(directory, 'state');
  const cache = cacheDirectory(process.env);
  const lab = await labUp({ stateDirectory, cache, name, namespaces: 2, signal });
  try {
    return await act(loadInventory(lab.inventoryPath));
  } finally {
    await labDown({ stateDirectory, name });
  }
}

function calibrated(
  { pairs: times = usualTimes, signal, progress }: BenchmarkContext,
  inventory: Inventory | undefined,
): Promise<CalibrationFound> {
  const plan = (kinds: readonly PauseKind[]) =>
    planPauses(kinds, pauses, times, seededRandom('calibration'));
  return runCalibration({
    ...{ hypervisor: 'qemu', rate: 1000, inventory, plan, signal },
    longest: plan(['stop', 'cut']),
    onStep: progress,
    onPlan: (planned) => progress(`${planned.length} known pauses`),
  });
}

function rows(found: CalibrationFound, goal: (typeof goals)[number]): Row[] {
  const { observer, kind, middle, p95 } = goal;
  const sizes = found.errors
    .filter((each) => each.observer === observer && each.kind === kind)
    .map(({ error }) => Math.abs(error) * 1000)
    .sort((a, b) => a - b);
  if (sizes.length === 0) return [];
  const called = `calibration ${observer}, ${kind === 'cut' ? 'link cut' : 'CPUs held'}`;
  const interval = medianInterval(sizes);
  const { accelerator } = found.environment;
  const common = { unit: 'ms', pairs: sizes.length };
  const median: Row = {
    ...{ ...common, name: called, ours: spread(sizes).median, goal: `ours ≤ ${middle} ms` },
    outcome: within(interval, { high: middle }),
    note: `median of |gap − pause| ${intervalText(interval, 'ms')}, under ${accelerator?.name ?? '?'}`,
  };
  if (p95 === undefined) return [median];
  const over = sizes.filter((size) => size > p95).length;
  return [
    median,
    {
      ...{ ...common, name: `${called}, p95`, ours: interpolatedQuantile(sizes, 0.95) },
      ...{ goal: `ours ≤ ${p95} ms`, outcome: mostWithin(over, sizes.length) },
      note: `${over} of ${sizes.length} above ${p95} ms`,
    },
  ];
}

/** Whether at most 5 % of all errors are above the limit, by exact bounds at 95 %. */
function mostWithin(over: number, n: number): Outcome {
  if (binomialBound(over, n) <= 0.05) return 'met';
  return 1 - binomialBound(n - over, n) > 0.05 ? 'short' : 'inconclusive';
}

import { seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import type { Sample } from '../../src/harness/results/schema.ts';
import { runnableMethods } from '../../src/platform/operations/convert/convert-machine.ts';
import type { Benchmark, Row } from '../benchmark.ts';
import { crossing, lineThrough, type Line } from './crossing.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { figureOf, P2vLab } from './p2v-lab.ts';
import { spread } from '../figures/spread.ts';

const MiB = 2 ** 20;
/** Used bytes that are added; the machine of a lab has room for no more. */
const sizes = [64 * MiB, 512 * MiB, 2048 * MiB];
const goals = { crossing: 0.1, reduction: 0.9 };
const methods = (['offline', 'warm', 'native-switch'] as const).filter((each) =>
  (runnableMethods as readonly string[]).includes(each),
);
type Method = (typeof methods)[number];

const scenario = `
factors: { conversion: [${methods.join(', ')}], diskData: [${sizes.join(', ')}] }
fixed: { linkRate: 100Mbit }
measure: { p2v: { rate: 50, timeout: 1h } }
`;

/** From which used size on a native switch is the shorter one, as measured and as foretold. */
export const p2vReduction: Benchmark = {
  name: 'p2v-reduction',
  about:
    'sizes from which on a native switch is away for less, at 100 Mbit/s; the other: as foretold',
  async run(context) {
    const { progress, pairs: count = 6 } = context;
    const lab = await P2vLab.up(context, 'bench-reduction');
    try {
      const blocks: Sample[][] = [];
      for (let done = 0; done < count; done++) {
        blocks.push(await lab.trials(scenario));
        progress(`${done + 1} of ${count} blocks of ${methods.length * sizes.length} conversions`);
      }
      return [...crossingRows(blocks), reductionRow(blocks)];
    } finally {
      await lab.down();
    }
  },
};

/** Median over the blocks. */
function median(blocks: readonly Sample[][], metric: string, method: Method, bytes: number) {
  const arm = { conversion: method, diskData: bytes };
  return spread(blocks.map((block) => figureOf(block, metric, arm) ?? NaN)).median;
}

function lineOf(blocks: readonly Sample[][], metric: string, method: Method): Line {
  return lineThrough(sizes.map((x) => ({ x, y: median(blocks, metric, method, x) })));
}

function crossingRows(blocks: readonly Sample[][]): Row[] {
  const at = (metric: string, than: Method) =>
    crossing(lineOf(blocks, metric, than), lineOf(blocks, metric, 'native-switch'));
  return methods
    .filter((method) => method !== 'native-switch')
    .map((than) => {
      const measured = at('p2v.downtime', than);
      const foretold = at('p2v.predicted-downtime', than);
      const name = `p2v-crossing-${than}`;
      const goal = `within ${goals.crossing * 100} % of what is foretold`;
      const none = { name, unit: 'MB', ours: NaN, pairs: blocks.length, goal };
      if (measured === undefined || foretold === undefined) {
        const who = measured === undefined ? 'measured' : 'foretold';
        return {
          ...none,
          outcome: 'inconclusive',
          note: `no size from which on it is shorter, ${who}`,
        };
      }
      const off = Math.abs(measured / foretold - 1);
      return {
        ...{ ...none, ours: measured / 1e6, other: foretold / 1e6 },
        // A line through medians has no interval of its own: with few blocks nothing is shown.
        outcome: blocks.length < 6 ? 'inconclusive' : off <= goals.crossing ? 'met' : 'short',
        note: `lines through the medians of ${sizes.length} sizes; ${(off * 100).toFixed(0)} % off`,
      };
    });
}

function reductionRow(blocks: readonly Sample[][]): Row {
  const largest = sizes.at(-1) ?? 0;
  const of = (block: readonly Sample[], conversion: Method) =>
    figureOf(block, 'p2v.downtime', { conversion, diskData: largest }) ?? NaN;
  const interval = ratioInterval(
    blocks.map((block) => [{ baseline: of(block, 'offline'), other: of(block, 'native-switch') }]),
    { random: seededRandom('p2v-reduction') },
  );
  return {
    ...{ name: 'p2v-reduction', unit: 's', pairs: blocks.length },
    ours: median(blocks, 'p2v.downtime', 'native-switch', largest),
    other: median(blocks, 'p2v.downtime', 'offline', largest),
    goal: `at least ${goals.reduction * 100} % less at ${largest / MiB} MiB`,
    outcome: within(interval, { high: 1 - goals.reduction }),
    note: `downtime ${intervalText(interval, '×')} of that offline`,
  };
}

import { seededRandom } from '../../src/base/stats/random.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import type { Benchmark, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { ownKexec } from './own-kexec.ts';
import { figureOf, P2vLab } from './p2v-lab.ts';
import type { Pair } from '../figures/pairs.ts';
import { spread } from '../figures/spread.ts';

const MiB = 2 ** 20;
/** Used bytes that are added. */
const [small, large] = [64 * MiB, 1024 * MiB];
const goals = { switch: 1.5, move: 1, size: 0.1 };

const scenario = `
factors: { diskData: [${small}, ${large}] }
fixed: { conversion: native-switch }
measure: { p2v: { rate: 20, timeout: 30min } }
`;

/** One machine, switched again and again; each time its own kernel is started anew by kexec as well. */
export const nativeSwitchOutage: Benchmark = {
  name: 'native-switch-outage',
  about: "the outages of a native switch; the other: the machine's own kexec, to its service",
  async run(context) {
    const { progress, pairs: count = 6 } = context;
    const lab = await P2vLab.up(context, 'bench-switch');
    try {
      const switches: Pair[] = [];
      const moves: number[] = [];
      const sizes: { baseline: number; other: number }[] = [];
      for (let done = 0; done < count; done++) {
        const own = await ownKexec(lab, context);
        const samples = await lab.trials(scenario);
        const outage = (bytes: number, phase: string) =>
          figureOf(samples, 'p2v.outage', { diskData: bytes }, phase) ?? NaN;
        const both = (bytes: number) =>
          figureOf(samples, 'p2v.downtime', { diskData: bytes }) ?? NaN;
        for (const bytes of [small, large]) {
          switches.push({ ours: outage(bytes, 'switch'), other: own });
          moves.push(outage(bytes, 'move'));
        }
        sizes.push({ baseline: both(small), other: both(large) });
        progress(
          `${done + 1} of ${count}: own kexec ${own.toFixed(1)} s, switch ${switches.at(-2)?.ours.toFixed(1)} and ${switches.at(-1)?.ours.toFixed(1)} s, move ${moves.at(-2)?.toFixed(2)} and ${moves.at(-1)?.toFixed(2)} s`,
        );
      }
      return rowsOf(switches, moves, sizes);
    } finally {
      await lab.down();
    }
  },
};

function rowsOf(
  switches: readonly Pair[],
  moves: readonly number[],
  sizes: readonly { baseline: number; other: number }[],
): Row[] {
  const random = seededRandom('native-switch-outage');
  // The two of a block share one kexec: they are one block.
  const blocks = sizes.map((_, block) =>
    switches
      .slice(2 * block, 2 * block + 2)
      .map(({ ours, other }) => ({ baseline: other, other: ours })),
  );
  const ratio = ratioInterval(blocks, { random });
  const move = medianInterval([...moves]);
  const size = ratioInterval(
    sizes.map((each) => [each]),
    { random },
  );
  return [
    {
      ...{ name: 'native-switch-outage-1', unit: 's', ...compared(switches, 'ratio') },
      goal: `ratio ≤ ${goals.switch}`,
      outcome: within(ratio, { high: goals.switch }),
      note: `ratio ${intervalText(ratio, '×')}`,
    },
    {
      ...{ name: 'native-switch-outage-2', unit: 's', ours: spread(moves).median },
      ...{ pairs: moves.length, goal: `ours ≤ ${goals.move} s` },
      outcome: within(move, { high: goals.move }),
      note: `median ${intervalText(move, 's')}`,
    },
    {
      ...compared(
        sizes.map(({ baseline, other }) => ({ ours: other, other: baseline })),
        'ratio',
      ),
      ...{ name: 'native-switch-by-size', unit: 's' },
      goal: `ratio inside ${1 - goals.size} to ${1 + goals.size}`,
      outcome: within(size, { low: 1 - goals.size, high: 1 + goals.size }),
      note: `both outages with ${large / MiB} MiB more against ${small / MiB} MiB: ${intervalText(size, '×')}`,
    },
  ];
}

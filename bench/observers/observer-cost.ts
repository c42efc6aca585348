import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { startHttpLoad } from '../../src/harness/observe/http/index.ts';
import { watchNetwork } from '../../src/harness/observe/network/index.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import {
  markedProcesses,
  markEnvironment,
} from '../../src/platform/ledger/kinds/marked-processes.ts';
import { randomToken } from '../../src/platform/ledger/ledger.ts';
import { compileProgram } from '../../src/platform/programs/compile.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { commandLine, cpuTime } from '../processes/cpu-time.ts';
import { freePort } from '../../src/base/free-port.ts';
import { freeUdpPort } from '../processes/free-udp-port.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { spread } from '../figures/spread.ts';

/** Percent of one core, for all observers together. */
const goal = 15;
/** Seconds of each measurement. */
const duration = 5;

/**
 * What watching costs: the CPU time of the observers at their default rates. What they do to the
 * downtime of a migration is `observer-downtime`.
 */
export const observerCost: Benchmark = {
  name: 'observer-cost',
  about: 'CPU time of all observers at their default rates, in percent of one core',
  run: (context) => cpuUse(context),
};

/** CPU time of each part, in percent of one core. */
type Shares = ReadonlyMap<string, number>;

async function cpuUse({ directory, ledger, pairs: count = 8, signal, progress }: BenchmarkContext) {
  const mark = randomToken();
  ledger.enter({ kind: 'processes', mark });
  const environment = markEnvironment(mark);
  const program = join(directory, 'vg-guest');
  await compileProgram('vg-guest', program, localShell);
  const [udp, http] = [await freeUdpPort(), await freePort()];
  const service = await localShell.start(
    [program, 'serve', '--udp', String(udp), '--http', String(http)],
    { env: environment },
  );
  const at = (port: number) => [{ host: '127.0.0.1', port }];
  const host = thisMachine(cacheDirectory(process.env));
  const rounds: Shares[] = [];
  let stamps = '';
  try {
    for (let round = 0; round < count; round++) {
      signal.throwIfAborted();
      const watching = await watchNetwork({ host, targets: at(udp), environment });
      const load = await startHttpLoad({ host, targets: at(http), environment });
      try {
        rounds.push(await shares(mark));
      } finally {
        const [trace] = await Promise.all([watching.stop(), load.stop()]);
        stamps = trace.stamps;
      }
      progress(`round ${round + 1} of ${count}: ${totalOf(rounds.at(-1)).toFixed(1)} %`);
    }
  } finally {
    service.kill('SIGKILL');
    await service.exited;
  }
  const parts = [...new Set(rounds.flatMap((round) => [...round.keys()]))];
  return [
    ...parts.map((part) =>
      row(
        part,
        rounds.map((round) => round.get(part) ?? 0),
      ),
    ),
    {
      ...row('all', rounds.map(totalOf)),
      ...judged(rounds.map(totalOf)),
      note: `${intervalText(medianInterval(rounds.map(totalOf)), '%')}, stamps by ${stamps}`,
    },
  ];
}

/** What the marked processes but the service use from now on, and this process, which reads them. */
async function shares(mark: string): Promise<Shares> {
  const pids = new Map(
    markedProcesses(mark).flatMap(({ pid }) => {
      const [program = '', command = ''] = commandLine(pid);
      if (basename(program) === 'vg-guest') return [];
      return [[pid, basename(program) === 'vg-host' ? command : basename(program)] as const];
    }),
  );
  const used = () => [...pids.keys()].map((pid) => cpuTime(pid));
  const before = used();
  const own = process.cpuUsage();
  const begun = performance.now();
  await delay(duration * 1000);
  const after = used();
  const { user, system } = process.cpuUsage(own);
  const seconds = (performance.now() - begun) / 1000;
  const percent = (cpu: number) => (cpu / seconds) * 100;
  return new Map([
    ...[...pids.values()].map(
      (part, i) => [part, percent((after[i] ?? NaN) - (before[i] ?? NaN))] as const,
    ),
    ['controller', percent((user + system) / 1e6)] as const,
  ]);
}

function totalOf(shares: Shares = new Map()): number {
  return [...shares.values()].reduce((sum, share) => sum + share, 0);
}

function row(part: string, values: readonly number[]): Row {
  return {
    name: `observer-cost ${part}`,
    unit: '%',
    ours: spread(values).median,
    pairs: values.length,
  };
}

function judged(values: readonly number[]): Pick<Row, 'goal' | 'outcome'> {
  return { goal: `ours ≤ ${goal} %`, outcome: within(medianInterval(values), { high: goal }) };
}

import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/base/package-root.ts';
import { interpolatedQuantile } from '../../src/base/stats/interpolated-quantile.ts';
import { initCluster } from '../../src/manager/member/init.ts';
import { openOperator, type Operator } from '../../src/manager/member/operator.ts';
import { markEnvironment } from '../../src/platform/ledger/kinds/marked-processes.ts';
import { randomToken } from '../../src/platform/ledger/ledger.ts';
import type { Benchmark, BenchmarkContext, Outcome, Row } from '../benchmark.ts';
import { cpuTime } from '../processes/cpu-time.ts';
import { freePort } from '../../src/base/free-port.ts';

const agents = 1000;
/** Seconds of one stretch; `--pairs N` makes N of them. */
const stretch = 60;
const goals = { p99: 100, cores: 1, growth: 5 };
/** Seconds for all agents to be heard of. */
const patience = 300;
/** Milliseconds between the starts of two operations. */
const pace = 200;

/** A master, whole process, with as many agents as the paper's clusters never had. */
export const masterAgents: Benchmark = {
  name: 'master-1000-agents',
  about:
    'operations, CPU and memory of a master with 1,000 simulated agents at 1 heartbeat a second',
  async run(context) {
    const folders = {
      master: join(context.directory, 'master'),
      operator: join(context.directory, 'operator'),
    };
    const address = `127.0.0.1:${await freePort()}`;
    await initCluster({ folders, name: 'bench', address, arm: 'both', now: Date.now() });
    const main = join(packageRoot, 'dist/cli/main.js');
    const program = join(packageRoot, 'bench/manager/master-agents-program.ts');
    const mark = randomToken();
    const entry = context.ledger.enter({ kind: 'processes', mark });
    const options: SpawnOptions = {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...markEnvironment(mark) },
    };
    const master = spawn(
      process.execPath,
      [main, 'cluster', 'master', '--folder', folders.master],
      options,
    );
    const words = ['--import', 'tsx', program, folders.master, String(agents)];
    const others = spawn(process.execPath, words, options);
    const operator = openOperator(folders.operator);
    try {
      const beats = heartbeats(others);
      await allHeard(beats, context);
      return await measure(master.pid ?? 0, operator, beats, context);
    } finally {
      await operator.close();
      for (const child of [others, master]) {
        if (child.exitCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      context.ledger.release(entry);
    }
  },
};

interface Beats {
  heard: number;
  /** One number a second. */
  readonly perSecond: number[];
}

function heartbeats(program: ChildProcess): Beats {
  const beats: Beats = { heard: 0, perSecond: [] };
  if (program.stdout) {
    createInterface(program.stdout).on('line', (line) => {
      const told = JSON.parse(line) as { heard: number; beats: number };
      beats.heard = told.heard;
      beats.perSecond.push(told.beats);
    });
  }
  return beats;
}

async function allHeard(beats: Beats, { signal, progress }: BenchmarkContext): Promise<void> {
  const deadline = performance.now() + patience * 1000;
  for (let told = -1; beats.heard < agents;) {
    if (performance.now() > deadline) {
      throw new Error(
        `only ${beats.heard} of ${agents} agents have been heard after ${patience} s`,
      );
    }
    if (beats.heard !== told) progress(`${(told = beats.heard)} agents have been heard`);
    await sleep(1000, undefined, { signal });
  }
}

async function measure(
  pid: number,
  operator: Operator,
  beats: Beats,
  { pairs = 1, signal, progress }: BenchmarkContext,
): Promise<Row[]> {
  // The first operations compile the code that the others run.
  for (let at = 0; at < 20; at++) await timedOperation(operator, `warm-${at}`, signal);
  const seconds = stretch * pairs;
  const [accepted, done, memory]: [number[], number[], number[]] = [[], [], []];
  beats.perSecond.length = 0;
  const [began, cpu] = [performance.now(), cpuTime(pid)];
  for (let at = 0; performance.now() < began + seconds * 1000; at++) {
    const due = began + at * pace;
    await sleep(Math.max(0, due - performance.now()), undefined, { signal });
    const took = await timedOperation(operator, `g${at}`, signal);
    accepted.push(took.accepted);
    done.push(took.done);
    if (at % 5 === 0) memory.push(residentMegabytes(pid));
    if (at % 100 === 99) progress(`${at + 1} operations`);
  }
  const elapsed = (performance.now() - began) / 1000;
  const cores = (cpuTime(pid) - cpu) / elapsed;
  const rate = beats.perSecond.reduce((sum, each) => sum + each, 0) / beats.perSecond.length;
  const p = (values: readonly number[], share: number) =>
    interpolatedQuantile(
      [...values].sort((a, b) => a - b),
      share,
    );
  const third = Math.floor(memory.length / 3);
  const [early, late] = [p(memory.slice(0, third), 0.5), p(memory.slice(-third), 0.5)];
  const growth = (late / early - 1) * 100;
  const common = `${rate.toFixed(0)} heartbeats a second, ${done.length} operations in ${elapsed.toFixed(0)} s`;
  const quantiles = (values: readonly number[]) =>
    `p50 ${p(values, 0.5).toFixed(1)}, p90 ${p(values, 0.9).toFixed(1)}, largest ${Math.max(...values).toFixed(1)} ms`;
  return [
    row('operation, asked to done, p99', 'ms', p(done, 0.99), {
      goal: `≤ ${goals.p99} ms`,
      outcome: outcomeOf(done, goals.p99),
      note: `${quantiles(done)}; ${common}`,
    }),
    row('operation, asked to accepted, p99', 'ms', p(accepted, 0.99), {
      note: quantiles(accepted),
    }),
    row('CPU', 'cores', cores, {
      goal: `< ${goals.cores} core`,
      outcome: cores < goals.cores ? 'met' : 'short',
    }),
    row('memory growth', '%', growth, {
      goal: `≤ ${goals.growth} % from the first to the last third`,
      outcome: growth <= goals.growth ? 'met' : 'short',
      note: `${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`,
    }),
  ];
}

/**
 * With n values the largest is above the true p99 with a chance of 1 − 0.99ⁿ: 95 % from n = 299 on.
 */
function outcomeOf(values: readonly number[], goal: number): Outcome {
  if (values.length >= 299 && Math.max(...values) <= goal) return 'met';
  const above = values.filter((value) => value > goal).length;
  return above / values.length > 0.02 ? 'short' : 'inconclusive';
}

function row(name: string, unit: string, ours: number, more: Partial<Row>): Row {
  return { name: `master-1000-agents: ${name}`, unit, ours, pairs: 1, ...more };
}

/** Milliseconds until a guest that was asked for is accepted, and until it is made. */
async function timedOperation(operator: Operator, guest: string, signal: AbortSignal) {
  const spec = { vcpus: 1, memory: 2 ** 20, disk: 2 ** 20, image: 'micro' };
  const began = performance.now();
  const request = { kind: 'submit', action: 'create', guest, dryRun: false, spec } as const;
  await operator.ask({ ...request, id: guest }, 'operation');
  const accepted = performance.now() - began;
  for (;;) {
    signal.throwIfAborted();
    const asked = { kind: 'query', what: 'operations', id: guest } as const;
    const { state, reason } = await operator.ask(asked, 'operation');
    if (state === 'done') return { accepted, done: performance.now() - began };
    if (state === 'undone') throw new Error(`${guest} was undone: ${reason ?? ''}`);
    await sleep(2);
  }
}

function residentMegabytes(pid: number): number {
  const [, kilobytes = ''] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1000;
}

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { binomialBound } from '../../src/base/stats/binomial-bound.ts';
import { interpolatedQuantile } from '../../src/base/stats/interpolated-quantile.ts';
import type { Operator } from '../../src/manager/member/operator.ts';
import { untilDone } from '../../src/manager/member/until-done.ts';
import type { Benchmark, BenchmarkContext, Outcome, Row } from '../benchmark.ts';
import { cpuTime } from '../processes/cpu-time.ts';
import { retainedMegabytes } from '../processes/retained-memory.ts';
import { startManyAgents, type ManyAgents } from './many-agents.ts';

/** Of each there are so many the whole time. */
const [agentCount, guestCount] = [1000, 1000];
/** Seconds of one stretch; `--pairs N` makes N of them. */
const stretch = 60;
const goals = { p99: 100, cores: 1, growth: 5 };
/** Seconds for one operation. */
const patience = 60;
/** Milliseconds between the starts of two operations. */
const pace = 200;
/** What is done to a guest more, one after the other, so that the state is as large as before. */
const course = ['create', 'stop', 'remove'] as const;

/** A master, whole process, with as many agents as the paper's clusters never had. */
export const masterAgents: Benchmark = {
  name: 'master-1000-agents',
  about:
    'operations, CPU and memory of a master with 1,000 simulated agents at 1 heartbeat a second',
  async run(context) {
    const cluster = await startManyAgents(agentCount, context);
    try {
      await populate(cluster.operator, context);
      return await measure(cluster, context);
    } finally {
      await cluster.close();
    }
  },
};

/** Guests for the hosts; the ways to all agents are open then, and the code that is measured is compiled. */
async function populate(operator: Operator, { signal, progress }: BenchmarkContext): Promise<void> {
  for (let at = 0; at < guestCount; at++) {
    await timedOperation(operator, 'create', `guest-${at}`, signal);
    if (at % 100 === 99) progress(`${at + 1} guests are there`);
  }
}

async function measure(
  { master, agents, operator }: ManyAgents,
  { pairs = 1, signal, progress }: BenchmarkContext,
): Promise<Row[]> {
  const [accepted, done]: [number[], number[]] = [[], []];
  const [retained, resident]: [number[], number[]] = [[], []];
  let [number, elapsed, cpu, cpuOfAgents] = [0, 0, 0, 0];
  await takeStock();
  let heartbeats = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const [began, before, beforeOfAgents] = [performance.now(), cpuOf(master), cpuOf(agents)];
    const answered = agents.answered;
    for (let at = 0; performance.now() < began + stretch * 1000; at++, number++) {
      await sleep(Math.max(0, began + at * pace - performance.now()), undefined, { signal });
      const guest = `g${Math.floor(number / course.length)}`;
      const action = course[number % course.length] ?? 'create';
      const took = await timedOperation(operator, action, guest, signal);
      accepted.push(took.accepted);
      done.push(took.done);
      if (at % 100 === 99) progress(`${number + 1} operations`);
    }
    heartbeats += agents.answered - answered;
    elapsed += (performance.now() - began) / 1000;
    cpu += cpuOf(master) - before;
    cpuOfAgents += cpuOf(agents) - beforeOfAgents;
    await takeStock();
  }
  const rate = heartbeats / elapsed;
  const common = `${rate.toFixed(0)} heartbeats a second, ${done.length} operations in ${elapsed.toFixed(0)} s`;
  const cores = cpu / elapsed;
  const [kept, held] = [growthOf(retained), growthOf(resident)];
  return [
    row('operation, asked to done, p99', 'ms', quantile(done, 0.99), {
      goal: `≤ ${goals.p99} ms`,
      outcome: outcomeOf(done, goals.p99),
      note: `${quantiles(done)}; ${common}`,
    }),
    row('operation, asked to accepted, p99', 'ms', quantile(accepted, 0.99), {
      note: quantiles(accepted),
    }),
    row('CPU', 'cores', cores, {
      goal: `< ${goals.cores} core`,
      outcome: cores < goals.cores ? 'met' : 'short',
    }),
    row('CPU of all simulated agents', 'cores', cpuOfAgents / elapsed, {}),
    row('growth of memory in use', '%', kept.growth, {
      goal: `≤ ${goals.growth} % from the first to the last third`,
      outcome: kept.growth <= goals.growth ? 'met' : 'short',
      note: `${kept.text}, each after a full garbage collection`,
    }),
    row('growth of resident memory', '%', held.growth, { note: held.text }),
  ];

  /** Between stretches: collecting all garbage stops the master for a moment. */
  async function takeStock(): Promise<void> {
    resident.push(residentMegabytes(master));
    retained.push(await retainedMegabytes(master, signal));
    await sleep(1000, undefined, { signal });
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return interpolatedQuantile(sorted, share);
}

function quantiles(values: readonly number[]): string {
  const [p50, p90] = [quantile(values, 0.5), quantile(values, 0.9)];
  return `p50 ${p50.toFixed(1)}, p90 ${p90.toFixed(1)}, largest ${Math.max(...values).toFixed(1)} ms`;
}

/** From the median of the first third to that of the last, in percent. */
function growthOf(megabytes: readonly number[]): { growth: number; text: string } {
  const third = Math.max(1, Math.floor(megabytes.length / 3));
  const early = quantile(megabytes.slice(0, third), 0.5);
  const late = quantile(megabytes.slice(-third), 0.5);
  const text = `${early.toFixed(1)} MB, then ${late.toFixed(1)} MB`;
  return { growth: (late / early - 1) * 100, text };
}

/** Whether the p99 keeps to a goal, by the bounds (95 %, one-sided) of the share that is above it. */
function outcomeOf(values: readonly number[], goal: number): Outcome {
  const above = values.filter((value) => value > goal).length;
  if (binomialBound(above, values.length) <= 0.01) return 'met';
  const least = 1 - binomialBound(values.length - above, values.length);
  return least > 0.01 ? 'short' : 'inconclusive';
}

function row(name: string, unit: string, ours: number, more: Partial<Row>): Row {
  return { name: `master-1000-agents: ${name}`, unit, ours, pairs: 1, ...more };
}

/** Milliseconds until an operation that was asked for is accepted, and until it is done. */
async function timedOperation(
  operator: Operator,
  action: (typeof course)[number],
  guest: string,
  signal: AbortSignal,
): Promise<{ accepted: number; done: number }> {
  const shape = { vcpus: 1, memory: 2 ** 20, disk: 2 ** 20, image: 'micro' };
  const spec = action === 'create' ? shape : undefined;
  const request = { id: `${guest}-${action}`, action, guest, dryRun: false, spec } as const;
  const began = performance.now();
  await operator.ask({ kind: 'submit', ...request }, 'operation');
  const accepted = performance.now() - began;
  await untilDone(operator, request, { limit: patience, look: 0.002, signal });
  return { accepted, done: performance.now() - began };
}

function cpuOf({ pid = 0 }: { pid?: number | undefined }): number {
  return cpuTime(pid);
}

function residentMegabytes({ pid = 0 }: ChildProcess): number {
  const [, kilobytes = ''] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1000;
}

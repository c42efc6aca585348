import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/base/free-port.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { initCluster } from '../../src/manager/member/init.ts';
import { openOperator, type Operator } from '../../src/manager/member/operator.ts';
import { markEnvironment } from '../../src/platform/ledger/kinds/marked-processes.ts';
import { randomToken } from '../../src/platform/ledger/ledger.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { retainedMemoryArguments } from '../processes/retained-memory.ts';

/** Seconds for all agents to be heard of. */
const patience = 300;

/** A master and simulated agents, each in a process of its own. */
export interface ManyAgents {
  /** Can be asked for `retainedMegabytes`. */
  readonly master: ChildProcess;
  readonly agents: ChildProcess;
  readonly operator: Operator;
  /** Heartbeats that were answered, a number a second. */
  readonly beats: number[];
  close(): Promise<void>;
}

/**
 * Starts them, and waits until the master has heard of all.
 * @throws Error if it does not
 */
export async function startManyAgents(
  count: number,
  context: BenchmarkContext,
): Promise<ManyAgents> {
  const { directory, ledger } = context;
  const folders = { master: join(directory, 'master'), operator: join(directory, 'operator') };
  const address = `127.0.0.1:${await freePort()}`;
  await initCluster({ folders, name: 'bench', address, arm: 'both', now: Date.now() });
  const main = join(packageRoot, 'dist/cli/main.js');
  const program = join(packageRoot, 'bench/manager/master-agents-program.ts');
  const mark = randomToken();
  const entry = ledger.enter({ kind: 'processes', mark });
  const start = (...words: readonly string[]) =>
    spawn(process.execPath, words, {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...markEnvironment(mark) },
    });
  const command = [main, 'cluster', 'master', '--folder', folders.master];
  const master = start(...retainedMemoryArguments, ...command);
  const agents = start('--import', 'tsx', program, folders.master, String(count));
  const operator = openOperator(folders.operator);
  const close = async () => {
    await operator.close();
    for (const child of [agents, master]) {
      if (child.exitCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    ledger.release(entry);
  };
  try {
    return { master, agents, operator, beats: await allHeard(agents, count, context), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function allHeard(
  { stdout }: ChildProcess,
  count: number,
  { signal, progress }: BenchmarkContext,
): Promise<number[]> {
  const beats: number[] = [];
  let heard = 0;
  if (stdout) {
    createInterface(stdout).on('line', (line) => {
      const told = JSON.parse(line) as { heard: number; beats: number };
      heard = told.heard;
      beats.push(told.beats);
    });
  }
  const deadline = performance.now() + patience * 1000;
  for (let told = -1; heard < count;) {
    if (performance.now() > deadline) {
      throw new Error(`only ${heard} of ${count} agents have been heard after ${patience} s`);
    }
    if (heard !== told) progress(`${(told = heard)} agents have been heard`);
    await sleep(1000, undefined, { signal });
  }
  return beats;
}

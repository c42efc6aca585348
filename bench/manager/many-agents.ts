import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../src/base/free-port.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import {
  startAgentsApart,
  type AgentsApart,
} from '../../src/manager/agent/simulated/agents-apart.ts';
import { initCluster } from '../../src/manager/member/init.ts';
import { openOperator, type Operator } from '../../src/manager/member/operator.ts';
import { markEnvironment } from '../../src/platform/ledger/kinds/marked-processes.ts';
import { randomToken } from '../../src/platform/ledger/ledger.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { retainedMemoryArguments } from '../processes/retained-memory.ts';

/** Seconds over which agents begin. */
const over = 30;

/** A master and simulated agents, each in a process of its own. */
export interface ManyAgents {
  /** Can be asked for `retainedMegabytes`. */
  readonly master: ChildProcess;
  readonly agents: AgentsApart;
  readonly operator: Operator;
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
  const mark = randomToken();
  const entry = ledger.enter({ kind: 'processes', mark });
  const command = [main, 'cluster', 'master', '--folder', folders.master];
  const master = spawn(process.execPath, [...retainedMemoryArguments, ...command], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...markEnvironment(mark) },
  });
  const operator = openOperator(folders.operator);
  let agents: AgentsApart | undefined;
  const close = async () => {
    await operator.close();
    await agents?.close();
    if (master.exitCode === null) {
      master.kill('SIGKILL');
      await once(master, 'close');
    }
    ledger.release(entry);
  };
  try {
    const asked = { folder: folders.master, count, over };
    agents = await startAgentsApart(asked, ledger, context.signal, (heard) => {
      if (heard % 100 === 0) context.progress(`${heard} agents have been heard`);
    });
    return { master, agents, operator, close };
  } catch (error) {
    await close();
    throw error;
  }
}

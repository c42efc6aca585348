import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../base/free-port.ts';
import {
  startAgentsApart,
  type AgentsApart,
} from '../../../manager/agent/simulated/agents-apart.ts';
import { initCluster } from '../../../manager/member/init.ts';
import { openOperator, type Operator } from '../../../manager/member/operator.ts';
import { openLedger, randomToken } from '../../../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../../../platform/ledger/owned-directory.ts';
import { stateDirectory } from '../../../platform/ledger/state-directory.ts';
import { startOwnMaster } from './own-master.ts';

/** Agents that begin in a second. */
const beginInSecond = 30;

/** A cluster whose master is in this process, and its agents in another. */
export interface ManagerGround {
  operator: Operator;
  agents: AgentsApart;
  close(): Promise<void>;
}

/**
 * Makes a cluster of a master and so many agents, and waits until the master has heard them all.
 * @throws Error if that does not happen
 */
export async function makeCluster(count: number, signal: AbortSignal): Promise<ManagerGround> {
  // A run without guests has no ledger of its own.
  const ledger = openLedger({ stateDirectory: stateDirectory(), label: 'manager' });
  const { path: folder } = createOwnedDirectory(ledger, join(tmpdir(), `vg-${randomToken()}`));
  const folders = { master: join(folder, 'master'), operator: join(folder, 'operator') };
  // Also where the process is told to end in the middle.
  const sweep = () => {
    rmSync(folder, { recursive: true, force: true });
    for (const entry of ledger.held) ledger.release(entry);
    ledger.close();
  };
  process.once('exit', sweep);
  const undo: (() => Promise<unknown>)[] = [
    async () => {
      await ledger.removeAll();
      ledger.close();
      process.off('exit', sweep);
    },
  ];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const host = '127.0.0.1';
    const port = await freePort(host);
    const address = `${host}:${port}`;
    await initCluster({ folders, name: 'measured', address, arm: 'both', now: Date.now() });
    const serving = await startOwnMaster({ folder: folders.master, host, port });
    undo.push(() => serving.stop());
    const over = Math.max(1, count / beginInSecond);
    const asked = { folder: folders.master, count, over };
    const agents = await startAgentsApart(asked, ledger, signal);
    undo.push(() => agents.close());
    const operator = openOperator(folders.operator);
    undo.push(() => operator.close());
    return { operator, agents, close };
  } catch (error) {
    await close();
    throw error;
  }
}

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../base/free-port.ts';
import { simulateAgents, type SimulatedAgent } from '../../../manager/agent/simulated-agents.ts';
import { MemberFolder } from '../../../manager/member/folder.ts';
import { initCluster } from '../../../manager/member/init.ts';
import { openOperator, type Operator } from '../../../manager/member/operator.ts';
import { openLedger, randomToken } from '../../../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../../../platform/ledger/owned-directory.ts';
import { stateDirectory } from '../../../platform/ledger/state-directory.ts';
import { startOwnMaster } from './own-master.ts';

/** Seconds for all agents to be heard of. */
const patience = 300;
/** Heartbeats that an agent must have had answered. */
const settled = 3;
/** Agents that begin in a second: each makes a session of its own by RSA. */
const beginInSecond = 30;
/** Guests are only names: there is room for all. */
const room = { cpu: 2 ** 16, memory: 2 ** 46, disk: 2 ** 50 };

/** A cluster in this process. */
export interface ManagerGround {
  operator: Operator;
  agents: readonly SimulatedAgent[];
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
    const member = new MemberFolder(folders.master);
    const { master, arm } = member.membership();
    const agents = await simulateAgents({
      hosts: Array.from({ length: count }, (_, index) => `host-${index}`),
      ...{ authority: member.authority(), arm, master, room },
      over: Math.max(1, count / beginInSecond),
    });
    undo.push(() => Promise.all(agents.map((agent) => agent.kill())));
    await allHeard(agents, signal);
    const operator = openOperator(folders.operator);
    undo.push(() => operator.close());
    return { operator, agents, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function allHeard(agents: readonly SimulatedAgent[], signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patience * 1000;
  for (;;) {
    const heard = agents.filter(({ answered }) => answered >= settled).length;
    if (heard === agents.length) return;
    if (performance.now() > deadline) {
      throw new Error(`only ${heard} of ${agents.length} agents were heard within ${patience} s`);
    }
    await sleep(100, undefined, { signal });
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownProgram } from '../../../base/own-program.ts';
import { markEnvironment } from '../../../platform/ledger/kinds/marked-processes.ts';
import { randomToken, type Ledger } from '../../../platform/ledger/ledger.ts';

/** What the process is asked for. */
export interface AgentsAsked {
  /** Of the master: it issues their certificates. */
  readonly folder: string;
  readonly count: number;
  /** Seconds over which they begin: each makes a session of its own by RSA. */
  readonly over: number;
}

/** What it tells, several times a second. */
export interface AgentsTold {
  /** Agents whose heartbeats the master answers. */
  readonly heard: number;
  /** Heartbeats that the master has answered, of all of them. */
  readonly answered: number;
}

/** Simulated agents in a process of their own, so that they do not take part in what the master takes. */
export interface AgentsApart extends AgentsTold {
  readonly pid: number;
  /** Ends them at once, as if their hosts had lost power. */
  close(): Promise<void>;
}

/** Seconds for all of them to be heard of, once they have begun. */
const patience = 300;

/**
 * Starts so many, called `host-0` and on, entered in the ledger, and waits until the master has heard all.
 * @throws Error if it does not
 */
export async function startAgentsApart(
  asked: AgentsAsked,
  ledger: Ledger,
  signal: AbortSignal,
  onHeard: (heard: number) => void = () => undefined,
): Promise<AgentsApart> {
  const mark = randomToken();
  const entry = ledger.enter({ kind: 'processes', mark });
  const [node, ...words] = ownProgram('manager/agent/simulated/agents-apart-program');
  const child = spawn(node, [...words, JSON.stringify(asked)], {
    env: { ...process.env, ...markEnvironment(mark) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let told: AgentsTold = { heard: 0, answered: 0 };
  child.on('message', (message) => (told = message as AgentsTold));
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    ledger.release(entry);
  };
  try {
    const deadline = performance.now() + (asked.over + patience) * 1000;
    for (let before = 0; told.heard < asked.count;) {
      if (child.exitCode !== null) throw new Error(`the agents ended with code ${child.exitCode}`);
      if (performance.now() > deadline) {
        throw new Error(
          `only ${told.heard} of ${asked.count} agents were heard within ${patience} s`,
        );
      }
      if (told.heard > before) onHeard((before = told.heard));
      await sleep(100, undefined, { signal });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    close,
    get heard() {
      return told.heard;
    },
    get answered() {
      return told.answered;
    },
  };
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/base/free-port.ts';
import { ownProgram } from '../../src/base/own-program.ts';
import { startOwnMaster } from '../../src/harness/measure/manager/own-master.ts';
import { guestPlaces } from '../../src/manager/agent/guests/open.ts';
import { initCluster } from '../../src/manager/member/init.ts';
import { joinCluster } from '../../src/manager/member/join.ts';
import { openOperator, type Operator } from '../../src/manager/member/operator.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import type { AcceleratorName } from '../../src/platform/hypervisor/hypervisor.ts';
import { markEnvironment } from '../../src/platform/ledger/kinds/marked-processes.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { markedStorage } from '../guests/marked-storage.ts';

/** Seconds for agents to be heard of. */
const patience = 120;

/** A cluster on this machine: a master in this process, two agents with storage that they share. */
export interface TwoAgents {
  readonly hosts: readonly [string, string];
  readonly operator: Operator;
  close(): Promise<void>;
}

/** Agents, and what they start, end with the ledger at the latest. */
export async function startTwoAgents(
  { directory, ledger, signal }: Pick<BenchmarkContext, 'directory' | 'ledger' | 'signal'>,
  guests: { accelerator: AcceleratorName; cpu: string },
): Promise<TwoAgents> {
  const { mark, path } = await markedStorage(ledger, cacheDirectory(process.env));
  const host = '127.0.0.1';
  const port = await freePort(host);
  const address = `${host}:${port}`;
  const folders = { master: join(directory, 'master'), operator: join(directory, 'operator') };
  await initCluster({ folders, name: 'bench', address, arm: 'both', now: Date.now() });
  const master = await startOwnMaster({ folder: folders.master, host, port });
  const operator = openOperator(folders.operator);
  const hosts = ['host-a', 'host-b'] as const;
  const agents = await Promise.all(
    hosts.map(async (name) => {
      const folder = join(directory, name);
      const { token } = await operator.ask({ kind: 'invite', host: name }, 'invitation');
      await joinCluster({ folder, name, address, token, arm: 'both' });
      // Its guests outlive it: they carry the mark of this benchmark instead of one of its own.
      await writeFile(guestPlaces(folder).mark, mark);
      return localShell.start(
        [
          ...ownProgram(),
          ...['cluster', 'agent', '--folder', folder, '--listen', `${host}:0`, '--cpus', '8'],
          ...['--storage', `shared=${path}`, '--cpu-model', guests.cpu],
          ...['--accelerator', guests.accelerator],
        ],
        { env: { ...markEnvironment(mark), TMPDIR: directory } },
      );
    }),
  );
  const deadline = performance.now() + patience * 1000;
  for (;;) {
    const { up } = await operator.ask({ kind: 'query', what: 'status' }, 'status');
    if (up === hosts.length) break;
    if (performance.now() > deadline) throw new Error(`no two agents within ${patience} s`);
    await sleep(100, undefined, { signal });
  }
  return {
    hosts,
    operator,
    async close() {
      for (const agent of agents) agent.kill('SIGTERM');
      await Promise.all(agents.map(({ exited }) => exited));
      await operator.close();
      await master.stop();
    },
  };
}

import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import { freePort } from '../../../base/free-port.ts';
import { ownProgram } from '../../../base/own-program.ts';
import { guestPlaces } from '../../../manager/agent/guests/open.ts';
import { clusterMark, clusterVariable } from '../../../manager/agent/guests/ground.ts';
import { MemberFolder } from '../../../manager/member/folder.ts';
import { initCluster } from '../../../manager/member/init.ts';
import { openOperator, type Operator } from '../../../manager/member/operator.ts';
import { untilDone } from '../../../manager/member/until-done.ts';
import type { BodyOf } from '../../../manager/wire/messages/kinds.ts';
import type { Entry } from '../../../platform/ledger/ledger.ts';
import { markOf } from '../../../platform/ledger/kinds/marked-processes.ts';
import { endProcessesOn } from '../../../platform/ledger/kinds/remote-processes.ts';
import { powerOf } from '../../../platform/power/power.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { Argv, Process } from '../../../platform/remote/shell.ts';
import { within } from '../../../platform/within.ts';
import { startOwnMaster, type OwnMaster } from '../manager/own-master.ts';
import type { TrialScope } from '../measurement.ts';
import { ownAddress } from '../own-address.ts';

/** Seconds for an agent to come or to go, and for a host to join. */
const patience = 120;
/** Seconds between two looks. */
const look = 0.1;

export interface ClusterRequest {
  readonly scope: TrialScope;
  /** On each of them an agent runs. */
  readonly hosts: readonly Host[];
  /** virtgauge on the hosts: `own`, or its name or path there. */
  readonly program: string;
}

/** A cluster of a trial: the master is of this process, an agent runs on each host. */
export class TrialCluster {
  readonly #scope: TrialScope;
  readonly #hosts: readonly Host[];
  readonly #program: Argv;
  readonly #folder: string;
  readonly #address: { host: string; port: number };
  readonly #operator: Operator;
  readonly #cluster: string;
  readonly #agents = new Map<string, Process>();
  /** What agents said that ended by themselves, by host. */
  readonly #lost = new Map<string, string>();
  /** Hosts that the master may fence. */
  readonly #power: Entry[] = [];
  #master: OwnMaster;

  private constructor(
    { scope, hosts, program }: ClusterRequest,
    made: { folder: string; address: { host: string; port: number }; master: OwnMaster },
  ) {
    this.#scope = scope;
    this.#hosts = hosts;
    this.#program = program === 'own' ? ownProgram() : [program];
    this.#folder = made.folder;
    this.#address = made.address;
    this.#master = made.master;
    this.#operator = openOperator(posix.join(made.folder, 'operator'));
    this.#cluster = new MemberFolder(posix.join(made.folder, 'master')).membership().cluster;
  }

  /**
   * Makes it; whoever is silent is not fenced yet.
   * @throws UserError if virtgauge does not run on a host
   */
  static async make(request: ClusterRequest): Promise<TrialCluster> {
    const { scope, hosts } = request;
    const [first] = hosts;
    if (first === undefined) throw new Error('a cluster needs hosts');
    const folder = posix.join(await scope.folder(scope.controller), 'cluster');
    const host = await ownAddress(scope.controller, first.address);
    const address = { host, port: await freePort(host) };
    const folders = {
      master: posix.join(folder, 'master'),
      operator: posix.join(folder, 'operator'),
    };
    await initCluster({
      ...{ folders, name: 'measured', arm: 'both', now: Date.now() },
      address: `${host}:${address.port}`,
    });
    const master = await startOwnMaster({ folder: folders.master, ...address });
    const cluster = new TrialCluster(request, { folder, address, master });
    try {
      await Promise.all(hosts.map((each) => cluster.#join(each)));
      await Promise.all(hosts.map((each) => cluster.#mark(each)));
      await Promise.all(hosts.map((each) => cluster.startAgent(each)));
      await cluster.allUp();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  /** From now on hosts that are silent for too long are fenced, by the levels of the trial. */
  async fence(): Promise<void> {
    const { levels, ledger } = this.#scope;
    const entries = this.#hosts.flatMap(({ entry }) => entry ?? []);
    for (const host of entries) this.#power.push(ledger.enter({ kind: 'power', host }));
    await this.#master.stop();
    this.#master = await startOwnMaster({
      ...{ folder: posix.join(this.#folder, 'master'), ...this.#address },
      hosts: entries,
      heartbeats: { interval: 1, missed: levels.suspectAfter, grace: levels.fenceAfter },
    });
    await this.allUp();
  }

  /** Where a host sees the storage of the trial's guests. */
  storage(host: Host): string {
    return this.#scope.storageFile(host, 'cluster');
  }

  /** Folder of a guest's sockets on a host. */
  async sockets(host: Host, guest: string): Promise<string> {
    const runtime = posix.basename(guestPlaces(await this.#agentFolder(host)).runtime);
    return posix.join(await this.#scope.folder(host), runtime, guest);
  }

  /** Asks the master what there is. */
  async hosts(): Promise<BodyOf<'hosts'>['hosts']> {
    return (await this.#operator.ask({ kind: 'query', what: 'hosts' }, 'hosts')).hosts;
  }

  async operations(): Promise<BodyOf<'operations'>['operations']> {
    const asked = { kind: 'query', what: 'operations' } as const;
    return (await this.#operator.ask(asked, 'operations')).operations;
  }

  /**
   * Does something with a guest, once; resolves when it is done.
   * @throws Error with the reason if it was undone, or takes too long
   */
  async do(request: Omit<BodyOf<'submit'>, 'kind' | 'dryRun'>, limit: number): Promise<void> {
    await this.#operator.ask({ kind: 'submit', dryRun: false, ...request }, 'operation');
    await untilDone(this.#operator, request, { limit, look, signal: this.#scope.signal });
  }

  /** Resolves when the master hears of every host. */
  async allUp(): Promise<void> {
    await this.#until('heartbeats of all agents', patience, async () => {
      const [[name, why] = []] = this.#lost;
      if (name !== undefined) throw new Error(`the agent of ${name} has ended: ${why}`);
      const hosts = await this.hosts();
      return this.#hosts.every(({ name }) =>
        hosts.some((each) => each.name === name && each.health === 'up'),
      );
    });
  }

  async startAgent(host: Host): Promise<void> {
    const { levels, environment, accelerator, scenario } = this.#scope;
    const agent = await host.shell.start(
      [
        ...this.#program,
        ...['cluster', 'agent', '--folder', await this.#agentFolder(host)],
        ...['--listen', `${host.address}:0`, '--cpus', '1024', '--accelerator', accelerator],
        ...['--cpu-model', levels.cpu, '--storage', `${levels.storage}=${this.storage(host)}`],
        ...['--boot-timeout', String(scenario.guest.bootTimeout)],
        ...(host.bridge === undefined ? [] : ['--bridge', host.bridge]),
      ],
      { env: { ...environment, ...(await this.#environment(host)) } },
    );
    this.#agents.set(host.name, agent);
    void agent.exited.then(({ code, lost, stderr }) => {
      if (this.#agents.get(host.name) !== agent) return;
      this.#agents.delete(host.name);
      this.#lost.set(host.name, lost ?? (stderr.trim() || `code ${code}`));
    });
  }

  /** Ends an agent; its guests go on. */
  async stopAgent({ name }: Host): Promise<void> {
    const agent = this.#agents.get(name);
    if (agent === undefined) return;
    this.#agents.delete(name);
    agent.kill('SIGTERM');
    await within(patience, `the agent of ${name} does not end`, agent.exited);
  }

  /** Ends agents, guests, and the master. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#hosts.map((host) => this.stopAgent(host)));
    await Promise.allSettled(
      this.#hosts.map(({ name, shell }) =>
        endProcessesOn(shell, `${clusterVariable}=${clusterMark(this.#cluster, name)}`),
      ),
    );
    await this.#operator.close();
    await this.#master.stop();
    // Also one that only stumbled may have been fenced.
    for (const held of this.#power.splice(0)) {
      if (held.resource.kind === 'power') {
        await (await powerOf(held.resource.host, { sharedKernel: true })).restore();
      }
      this.#scope.ledger.release(held);
    }
  }

  async #join(host: Host): Promise<void> {
    const { name, shell } = host;
    const { token } = await this.#operator.ask({ kind: 'invite', host: name }, 'invitation');
    const { host: address, port } = this.#address;
    const folder = await this.#agentFolder(host);
    try {
      await shell.run(
        [
          ...this.#program,
          ...['cluster', 'join', '--folder', folder, '--name', name],
          ...['--master', `${address}:${port}`, '--token', '-'],
        ],
        { input: token, env: await this.#environment(host), timeout: patience },
      );
    } catch (cause) {
      throw new UserError(
        {
          where: name,
          message: `expected virtgauge on it, which runs an agent there (${(cause as Error).message})`,
          remedy: 'Name it: measure.failover.program: /usr/local/bin/virtgauge.',
        },
        { cause },
      );
    }
  }

  /** Guests outlive agents: they carry the mark of the run, by which the ledger finds them. */
  async #mark(host: Host): Promise<void> {
    const { mark } = guestPlaces(await this.#agentFolder(host));
    await host.shell.writeFile(mark, markOf(this.#scope.environment));
  }

  async #environment(host: Host): Promise<Record<string, string>> {
    // All that an agent makes lies in the folder of the trial.
    return { VIRTGAUGE_CACHE: host.cache, TMPDIR: await this.#scope.folder(host) };
  }

  async #agentFolder(host: Host): Promise<string> {
    return posix.join(await this.#scope.folder(host), 'agent');
  }

  async #until(what: string, limit: number, condition: () => Promise<boolean>): Promise<void> {
    const { clock, signal } = this.#scope;
    const deadline = clock.now() + limit;
    while (!(await condition())) {
      if (clock.now() > deadline) throw new Error(`expected ${what} within ${limit} s`);
      await sleep(look * 1000, undefined, { signal });
    }
  }
}

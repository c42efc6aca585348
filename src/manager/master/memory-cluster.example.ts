import { Agent } from '../agent/agent.ts';
import type { Awaited, GuestRunner } from '../agent/runner.ts';
import { emptyAgent, reduceAgent } from '../agent/state.ts';
import { BreakingDisk, Killed } from '../state/breaking-disk.example.ts';
import { openStateLog } from '../state/state-log.ts';
import { createAuthority } from '../wire/certificates/authority.ts';
import type { Body, BodyOf, GuestState } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import { Master, type Fence } from './master.ts';
import { emptyMaster, isPending, reduceMaster, type MasterState } from './state.ts';

/** Made once for all clusters of a test file. */
export const authority = await createAuthority('test', Date.UTC(2026, 0, 1));

export const operator = { name: 'operator', role: 'operator' } as const;
export const shape = { vcpus: 1, memory: 2 ** 28, disk: 2 ** 30, image: 'micro' };

/** Every guest of all hosts; what is done to it is counted. */
export class World {
  /** Host by guest, and whether it runs. */
  readonly guests = new Map<string, { host: string; state: GuestState }>();
  /** `step guest host`, each time that something was done. */
  readonly deeds: string[] = [];
  readonly places = new Set<string>();
  readonly resumed: string[] = [];
  /** What fails: `step guest`. */
  readonly failing = new Set<string>();
  /** Guests of which a host still has something that belongs to another now. */
  readonly leftovers = new Map<string, string>();

  runner(host: string): GuestRunner {
    const here = (name: string) => this.guests.get(name)?.host === host;
    const deed = async (step: string, name: string) => {
      await Promise.resolve();
      if (this.failing.has(`${step} ${name}`)) throw new Error(`${step} of ${name} failed`);
      this.deeds.push(`${step} ${name} ${host}`);
    };
    const set = (name: string, state: GuestState) => void this.guests.set(name, { host, state });
    return {
      hypervisor: 'world',
      list: () => {
        const all = [...this.guests].filter(([name]) => here(name));
        const left = [...this.leftovers].filter(([, at]) => at === host);
        return Promise.resolve(
          new Map<string, GuestState>([
            ...left.map(([name]) => [name, 'stopped'] as const),
            ...all.map(([name, { state }]) => [name, state] as const),
          ]),
        );
      },
      create: async (name) => {
        if (this.guests.has(name)) throw new Error(`a second ${name}`);
        await deed('create', name);
        set(name, 'running');
      },
      start: async (name) => {
        await deed('start', name);
        set(name, 'running');
      },
      stop: async (name) => {
        await deed('stop', name);
        set(name, 'stopped');
      },
      remove: async (name) => {
        await deed('remove', name);
        if (here(name)) this.guests.delete(name);
      },
      check: async (name) => {
        await Promise.resolve();
        if (!here(name)) throw new Error(`${name} is not here`);
      },
      resume: async (name) => {
        await Promise.resolve();
        this.resumed.push(name);
      },
      forget: async (name) => {
        await deed('forget', name);
        this.leftovers.delete(name);
      },
      plug: async (name, { what }) => {
        await deed(`plug ${what}`, name);
        return `${what} is there`;
      },
      unplug: async (name, { what }) => {
        await deed(`unplug ${what}`, name);
        return `${what} is gone`;
      },
      receive: async (name) => {
        await deed('receive', name);
        this.places.add(`${name} ${host}`);
        return { address: `${host}:1` };
      },
      discard: async (name) => {
        await deed('discard', name);
        this.places.delete(`${name} ${host}`);
      },
      send: async (name: string, to: Awaited & { host: string }) => {
        await deed('send', name);
        if (!here(name)) throw new Error(`${name} is not here`);
        if (!this.places.delete(`${name} ${to.host}`)) throw new Error(`nobody awaits ${name}`);
        this.guests.set(name, { host: to.host, state: 'running' });
      },
    };
  }
}

/** A master and its agents without a network; each of them can be killed and started again. */
export class MemoryCluster {
  readonly world = new World();
  now = Date.UTC(2026, 0, 1);
  readonly masterDisk = new BreakingDisk();
  readonly agentDisks = new Map<string, BreakingDisk>();
  readonly agents = new Map<string, Agent>();
  master: Master;
  state!: () => MasterState;
  /** Hosts that the master cannot reach, and that cannot reach it. */
  readonly cutOff = new Set<string>();
  /** Of masters that are started from now on. */
  fence: Fence | undefined;
  /** What hosts promise when they register, in seconds; see `register`. */
  readonly leases = new Map<string, number>();
  /** Restarts that were refused: host, why. */
  readonly refused: [string, string][] = [];

  constructor(hosts: readonly string[]) {
    this.master = this.startMaster();
    for (const host of hosts) {
      this.agentDisks.set(host, new BreakingDisk());
      this.startAgent(host);
    }
  }

  startMaster(): Master {
    const rules = { empty: emptyMaster, reduce: reduceMaster, snapshotEvery: 7 };
    const log = openStateLog({ ...rules, folder: '/master', disk: this.masterDisk });
    this.state = () => log.state;
    this.master = new Master({
      ...{ log, authority, master: 'master', cluster: 'test', sealing: 'both' },
      now: () => this.now,
      monotonic: () => this.now / 1000,
      fence: this.fence,
      onRefusedRestart: (host, why) => this.refused.push([host, why]),
      dial: (host) => ({
        request: (body) => this.#toAgent(host, body),
        ready: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
    });
    return this.master;
  }

  startAgent(host: string, boot = 'boot'): Agent {
    const disk = this.agentDisks.get(host) ?? new BreakingDisk();
    const rules = { empty: emptyAgent, reduce: reduceAgent, snapshotEvery: 7 };
    const log = openStateLog({ ...rules, folder: '/agent', disk });
    const agent = new Agent({ log, runner: this.world.runner(host), boot });
    this.agents.set(host, agent);
    return agent;
  }

  /** Lets every host join and register. */
  async join(): Promise<void> {
    for (const host of this.agents.keys()) await this.register(host);
    await this.beat();
  }

  async register(host: string, boot = 'boot'): Promise<void> {
    const body: BodyOf<'register'> = {
      kind: 'register',
      ...{ address: `${host}:7471`, boot, cpu: 8, memory: 2 ** 33, disk: 2 ** 40 },
      ...{ hypervisor: 'world', storages: [], lease: this.leases.get(host) },
    };
    await this.master.answer(body, { name: host, role: 'agent' });
  }

  /** One heartbeat of every host, and one round of the master. */
  async beat(): Promise<void> {
    await this.master.drive();
    for (const [host, agent] of this.agents) {
      await agent.idle();
      if (this.cutOff.has(host)) continue;
      const heartbeat = await agent.heartbeat();
      await this.master.answer(heartbeat, { name: host, role: 'agent' });
      agent.told(heartbeat);
    }
  }

  /** So many seconds pass, with a beat in each. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.now += 1000;
      await this.beat();
    }
  }

  /** Beats until nothing is under way. */
  async settle(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      await this.beat();
      if (!Object.values(this.state().operations).some(isPending)) return;
    }
    throw new Error(`still under way: ${JSON.stringify(this.state().operations)}`);
  }

  async submit(body: Omit<BodyOf<'submit'>, 'kind' | 'dryRun'> & { dryRun?: boolean }) {
    const answer = await this.master.answer({ kind: 'submit', dryRun: false, ...body }, operator);
    if (answer.kind !== 'operation') throw new Error(`the master said ${answer.kind}`);
    return answer;
  }

  async #toAgent(host: string, body: Body): Promise<Body> {
    await Promise.resolve();
    const agent = this.agents.get(host);
    if (agent === undefined || this.cutOff.has(host)) {
      throw new Refusal('unreachable', host);
    }
    return agent.answer(body, { name: 'master', role: 'master' });
  }
}

export { Killed };

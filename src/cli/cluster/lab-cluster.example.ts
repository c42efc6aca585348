import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../../base/free-port.ts';
import { openOperator, type Operator } from '../../manager/member/operator.ts';
import type { BodyOf } from '../../manager/wire/messages/kinds.ts';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import { labDown, labExists, labUp, readLab } from '../../platform/lab/index.ts';
import { localShell } from '../../platform/remote/local.ts';
import { startVirtgauge, type Started } from '../virtgauge.example.ts';

const patience = { timeout: 180_000, interval: 200 };

interface Running extends Started {
  /** Resolves when it has said that it answers. */
  readonly ready: () => Promise<void>;
}

interface LabClusterOptions {
  readonly hosts?: number;
  readonly libvirt?: boolean;
  /** More arguments of agents. */
  readonly agent?: readonly string[];
  /** Script for each host, before its agent starts. */
  readonly prepare?: string;
  /** Arguments of the master with which it begins. */
  readonly master?: readonly string[];
}

/** A lab of hosts with a shared directory, a master on this machine and an agent on each host. */
export class LabCluster {
  readonly #options: LabClusterOptions;
  readonly #name: string;
  readonly #state = mkdtempSync(join(tmpdir(), 'virtgauge-cluster-'));
  readonly #begun: Started[] = [];
  readonly #agents = new Map<string, Running>();
  readonly inventory = join(this.#state, 'hosts.yaml');
  #operator: Operator | undefined;
  #master: Running | undefined;
  /** Of this machine in the lab's network. */
  address = '';

  constructor(name: string, options: LabClusterOptions = {}) {
    this.#name = name;
    this.#options = options;
  }

  get hosts() {
    const lab = readLab(this.#state, this.#name);
    if (lab?.kind !== 'namespaces') throw new Error('expected a lab of namespaces');
    return lab.hosts;
  }

  get shared(): string {
    return join(readLab(this.#state, this.#name)?.folder ?? '', 'shared');
  }

  async up(): Promise<void> {
    const cache = cacheDirectory(process.env);
    const where = { stateDirectory: this.#state, cache, name: this.#name };
    const { hosts: namespaces = 3, libvirt = false } = this.#options;
    const lab = await labUp({ ...where, namespaces, libvirt, shared: 'directory' });
    const [first] = this.hosts;
    this.address = (first?.address ?? '').replace(/\.\d+$/, '.254');
    const port = await freePort(this.address);
    const address = `${this.address}:${port}`;
    await this.cli('init', '--name', 'lab', '--address', address);
    // Each host's power is its first process: all others end with that.
    const text = readFileSync(lab.inventoryPath, 'utf8');
    writeFileSync(this.inventory, this.#withPower(text));
    await this.startMaster();
    this.#operator = openOperator(join(this.#state, 'cluster/operator'));
    await Promise.all(
      this.hosts.map(async ({ name }) => {
        const { token } = await this.ask({ kind: 'invite', host: name }, 'invitation');
        const joining = ['--name', name, '--master', address, '--token', token];
        const { code, stderr } = await this.start(
          this.#inside(name),
          ...['join', '--folder', '/tmp/agent', ...joining],
        ).outcome;
        if (code !== 0) throw new Error(`${name} cannot join: ${stderr}`);
        await this.startAgent(name);
      }),
    );
  }

  /** Without an inventory it fences nobody. */
  async startMaster({ fencing = false } = {}): Promise<void> {
    const rules = ['--suspect-after', '4', '--fence-after', '2'];
    const { master = [] } = this.#options;
    const more = fencing ? ['--hosts', this.inventory, ...rules] : master;
    this.#master = this.start([], 'master', ...more);
    await this.#master.ready();
  }

  /** At once and without notice. */
  async killMaster(): Promise<void> {
    this.#master?.child.kill('SIGKILL');
    await this.#master?.outcome;
  }

  async startAgent(name: string): Promise<void> {
    await this.inside(name, 'sh', '-c', this.#options.prepare ?? ':');
    const { address } = this.#host(name);
    const agent = this.start(
      this.#inside(name),
      ...['agent', '--folder', '/tmp/agent', '--listen', `${address}:7471`, '--cpus', '8'],
      ...['--memory', '2GiB', '--storage', 'shared=/mnt/shared', '--bridge', 'br0'],
      ...['--accelerator', 'tcg', '--boot-timeout', '240', ...(this.#options.agent ?? [])],
    );
    this.#agents.set(name, agent);
    await agent.ready();
  }

  /** At once and without notice. */
  async killAgent(name: string): Promise<void> {
    const agent = this.#agents.get(name);
    // nsenter has started it as its child.
    const children = readFileSync(
      `/proc/${agent?.child.pid}/task/${agent?.child.pid}/children`,
      'utf8',
    );
    process.kill(Number(children.trim().split(' ')[0]), 'SIGKILL');
    await agent?.outcome;
  }

  /** Runs a program on a host. @returns what it prints */
  async inside(name: string, ...argv: string[]): Promise<string> {
    const [program = '', ...args] = [...this.#inside(name), ...argv];
    return (await localShell.run([program, ...args], { timeout: 30 })).stdout;
  }

  /** All of its processes, as a power cut does. */
  killHost(name: string): void {
    process.kill(this.pid(name), 'SIGKILL');
  }

  /** First process of a host. */
  pid(name: string): number {
    return Number(readFileSync(join(this.#host(name).folder, 'pid'), 'utf8'));
  }

  ask<K extends Parameters<Operator['ask']>[1]>(
    body: Parameters<Operator['ask']>[0],
    expected: K,
  ): Promise<BodyOf<K>> {
    if (this.#operator === undefined) throw new Error('there is no master yet');
    return this.#operator.ask(body, expected);
  }

  /** Runs a command to its end, and gives what it printed as JSON. */
  async json(...args: string[]): Promise<unknown> {
    return JSON.parse(await this.cli(...args, '--json'));
  }

  async cli(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.start([], ...args).outcome;
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  start(inside: readonly string[], ...args: string[]): Running {
    const env = { VIRTGAUGE_STATE: this.#state };
    const started = startVirtgauge(['cluster', ...args], { env, inside });
    this.#begun.push(started);
    const { stdout, output } = started;
    const ready = () =>
      vi.waitFor(() => {
        if (!stdout().includes(' answers at ')) throw new Error(`not yet: ${output()}`);
      }, patience);
    return { ...started, ready };
  }

  async down(): Promise<void> {
    await this.#operator?.close();
    const where = { stateDirectory: this.#state, name: this.#name };
    if (labExists(this.#state, this.#name)) await labDown(where);
    for (const { child } of this.#begun) child.kill('SIGKILL');
    await Promise.all(this.#begun.map(({ outcome }) => outcome));
    rmSync(this.#state, { recursive: true });
  }

  #host(name: string) {
    const host = this.hosts.find((each) => each.name === name);
    if (host === undefined) throw new Error(`no host ${name}`);
    return host;
  }

  #inside(name: string): string[] {
    return ['nsenter', '-t', String(this.pid(name)), '-m', '-u', '-i', '-n', '-p', '-r', '-w'];
  }

  #withPower(inventory: string): string {
    return inventory.replace(
      /^( {2}(\w+): )(\{.*\})$/gm,
      (_, head: string, name: string, entry) => {
        const pid = this.pid(name);
        const off = `kill -9 ${pid} 2> /dev/null; while [ -d /proc/${pid} ]; do sleep 0.1; done`;
        const more = { powerOff: off, powerOn: 'true' };
        return `${head}${JSON.stringify({ ...(JSON.parse(String(entry)) as object), ...more })}`;
      },
    );
  }
}

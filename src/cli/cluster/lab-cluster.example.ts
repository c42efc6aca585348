import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../base/free-port.ts';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import { labUp, readLab } from '../../platform/lab/index.ts';
import { localShell } from '../../platform/remote/local.ts';
import { CommandedCluster, type Running } from './commanded-cluster.example.ts';

interface LabClusterOptions {
  readonly hosts?: number;
  readonly libvirt?: boolean;
  /** More arguments of agents. */
  readonly agent?: readonly string[];
  /** Script for each host, before its agent starts. */
  readonly prepare?: string;
}

/** A lab of hosts with a shared directory, a master on this machine and an agent on each host. */
export class LabCluster extends CommandedCluster {
  readonly #options: LabClusterOptions;
  readonly #name: string;
  readonly #agents = new Map<string, Running>();
  readonly inventory = join(this.state, 'hosts.yaml');
  #master: Running | undefined;
  /** Of this machine in the lab's network. */
  address = '';

  constructor(name: string, options: LabClusterOptions = {}) {
    super();
    this.#name = name;
    this.#options = options;
  }

  get hosts() {
    const lab = readLab(this.state, this.#name);
    if (lab?.kind !== 'namespaces') throw new Error('expected a lab of namespaces');
    return lab.hosts;
  }

  get shared(): string {
    return join(readLab(this.state, this.#name)?.folder ?? '', 'shared');
  }

  async up(): Promise<void> {
    const cache = cacheDirectory(process.env);
    const where = { stateDirectory: this.state, cache, name: this.#name };
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

  /** Where it is not fencing it fences nobody but by leases, and takes its time. */
  async startMaster({ fencing = false, inventory = true } = {}): Promise<void> {
    const rules = ['--suspect-after', '4', '--fence-after', '2'];
    const hosts = inventory ? ['--hosts', this.inventory] : [];
    const more = fencing ? [...hosts, ...rules] : ['--suspect-after', '240'];
    this.#master = this.start([], 'master', ...more);
    await this.#master.ready();
  }

  /** At once and without notice. */
  async killMaster(): Promise<void> {
    this.#master?.child.kill('SIGKILL');
    await this.#master?.outcome;
  }

  /** @param more arguments */
  async startAgent(name: string, ...more: string[]): Promise<void> {
    await this.inside(name, 'sh', '-c', this.#options.prepare ?? ':');
    const { address } = this.#host(name);
    const agent = this.start(
      this.#inside(name),
      ...['agent', '--folder', '/tmp/agent', '--listen', `${address}:7471`, '--cpus', '8'],
      ...['--memory', '2GiB', '--storage', 'shared=/mnt/shared', '--bridge', 'br0'],
      ...['--boot-timeout', '240'],
      ...[...(this.#options.agent ?? []), ...more],
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

import { cpSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { freePort } from '../../base/free-port.ts';
import { packageRoot } from '../../base/package-root.ts';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import { guestImage } from '../../platform/guest/image/index.ts';
import { machinesUp } from '../../platform/lab/index.ts';
import { connectHosts } from '../../platform/remote/connect-host.ts';
import type { Host } from '../../platform/remote/host.ts';
import { addressesOf, loadInventory } from '../../platform/remote/inventory/index.ts';
import { localShell } from '../../platform/remote/local.ts';
import type { PipedProcess } from '../../platform/remote/shell.ts';
import { CommandedCluster } from './commanded-cluster.example.ts';

/** On both hosts. */
const home = '/opt/virtgauge';
const node = '/usr/local/bin/node';
const folder = '/var/lib/vg/agent';

/** Two real Xen hosts, an agent on each, and a master on this machine. */
export class XenCluster extends CommandedCluster {
  hosts: readonly Host[] = [];
  /** For guests: `10.77.0.64/24`. */
  addresses: readonly string[] = [];
  readonly #agents = new Map<string, PipedProcess>();

  async up(name: string): Promise<void> {
    const cache = cacheDirectory(process.env);
    const { inventoryPath } = await machinesUp({
      ...{ stateDirectory: this.state, cache, name },
      ...{ machines: ['xen', 'xen'], shared: 'nfs' },
    });
    const inventory = loadInventory(inventoryPath);
    this.hosts = await connectHosts(inventory);
    const { guestAddresses: range } = inventory;
    if (range === undefined) throw new Error('expected addresses for guests');
    this.addresses = [...addressesOf(range)].map((each) => `${each}/${range.prefix}`);
    await this.#install(cache);
    const own = (this.hosts[0]?.address ?? '').replace(/\.\d+$/, '.254');
    const address = `${own}:${await freePort(own)}`;
    await this.cli('init', '--name', 'lab', '--address', address);
    // Emulated hosts are slow: a silent one is no lost one.
    const patient = ['--suspect-after', '120', '--fence-after', '3600'];
    await this.start([], 'master', ...patient).ready();
    for (const host of this.hosts) await this.#join(host, address);
    await Promise.all(this.hosts.map(({ name: host }) => this.startAgent(host)));
  }

  host(name: string): Host {
    const found = this.hosts.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  }

  async startAgent(name: string): Promise<void> {
    const { shell, address } = this.host(name);
    const process = await shell.open(
      command(
        ...['agent', '--hypervisor', 'xen', '--bridge', 'br0', '--listen', `${address}:7471`],
        ...['--storage', 'shared=/mnt/shared', '--cpus', '4', '--memory', '1GiB'],
        ...['--boot-timeout', '300'],
      ),
    );
    let said = '';
    await new Promise<void>((resolve, reject) => {
      process.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes(' answers at ')) resolve();
      });
      void process.exited.then(({ code, stderr }) =>
        reject(
          new Error(`the agent of ${name} ended with ${code ?? 'a signal'}: ${said}${stderr}`),
        ),
      );
    });
    this.#agents.set(name, process);
  }

  /** At once and without notice. */
  async killAgent(name: string): Promise<void> {
    const agent = this.#agents.get(name);
    agent?.kill('SIGKILL');
    await agent?.exited;
  }

  /** Xen's names of all guests of a host. */
  async domains(name: string): Promise<string[]> {
    const { stdout } = await this.host(name).shell.run(['xl', 'list'], { timeout: 60 });
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/)[0] ?? '');
    return names.slice(1).filter((each) => each !== 'Domain-0');
  }

  override async down(): Promise<void> {
    await Promise.all(this.hosts.map(({ shell }) => shell.close()));
    await super.down();
  }

  /** Here, since making a key takes an emulated host many minutes. */
  async #join({ name, shell }: Host, master: string): Promise<void> {
    const { token } = await this.ask({ kind: 'invite', host: name }, 'invitation');
    const own = join(this.state, name);
    const joining = ['--name', name, '--master', master, '--token', token];
    await this.cli('join', '--folder', own, ...joining);
    const archive = `${own}.tar`;
    await localShell.run(['tar', '--create', '--file', archive, '-C', own, '.']);
    await shell.run(['mkdir', '-p', folder]);
    await shell.upload(archive, `${folder}.tar`);
    await shell.run(['tar', '--extract', '--file', `${folder}.tar`, '-C', folder], { timeout: 60 });
  }

  /** Puts Node.js, virtgauge and the image of guests on every host. */
  async #install(cache: string): Promise<void> {
    const stage = join(this.state, 'install');
    const into = (path: string) => join(stage, path);
    await build({
      ...{ entryPoints: [join(packageRoot, 'dist/cli/main.js')], outdir: into(`${home}/dist/cli`) },
      // Few bytes to read and no more than is needed: under emulation that is what takes long.
      ...{ bundle: true, splitting: true, minify: true, format: 'esm', platform: 'node' },
      ...{ target: 'node20', external: ['@resvg/resvg-js', 'cpu-features', '*.node'] },
      banner: { js: commonJs },
      logLevel: 'error',
    });
    const image = await guestImage(localShell, cache, { image: 'micro' });
    const guest = dirname(image.disk.path);
    const sources = ['package.json', 'src/platform/guest/image/micro', 'src/platform/programs'];
    const parts = readdirSync(cache).filter((name) => name.startsWith('parts-'));
    const manifests = parts.map((name) => join(cache, name, 'manifest.json'));
    for (const [from, to] of [
      [process.execPath, node],
      [guest, guest],
      ...sources.map((path) => [join(packageRoot, path), join(home, path)]),
      // By them the image is known again.
      ...manifests.map((path) => [path, path]),
    ] as const) {
      cpSync(from, into(to), { recursive: true });
    }
    const archive = join(this.state, 'install.tar.gz');
    const pack = [
      'tar',
      '--create',
      '--gzip',
      '--sparse',
      '--file',
      archive,
      '-C',
      stage,
      '.',
    ] as const;
    await localShell.run(pack, { timeout: 300 });
    const there = '/var/lib/install.tar.gz';
    const unpack = ['tar', '--extract', '--no-overwrite-dir', '--file', there, '-C', '/'] as const;
    await Promise.all(
      this.hosts.map(async ({ shell }) => {
        await shell.upload(archive, there);
        await shell.run(unpack, { timeout: 600 });
      }),
    );
  }
}

/** What bundled packages expect that are no ES modules. */
const commonJs =
  "import { createRequire } from 'node:module'; " +
  'const require = createRequire(import.meta.url), __dirname = import.meta.dirname;';

function command(...[what = '', ...more]: string[]): [string, ...string[]] {
  const env = [`VIRTGAUGE_CACHE=${cacheDirectory(process.env)}`, 'HOME=/root'];
  const main = join(home, 'dist/cli/main.js');
  return ['env', ...env, node, main, 'cluster', what, '--folder', folder, ...more];
}

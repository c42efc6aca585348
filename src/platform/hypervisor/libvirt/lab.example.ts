import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { guestImage, type GuestImage } from '../../guest/image/index.ts';
import { labDown, labExists, labUp, readLab } from '../../lab/index.ts';
import { markEnvironment } from '../../ledger/kinds/marked-processes.ts';
import { createGuest, type CreatedGuest, type CreateRequest } from '../../operations/create.ts';
import { connectHosts } from '../../remote/connect-host.ts';
import type { Host } from '../../remote/host.ts';
import { loadInventory } from '../../remote/inventory/index.ts';
import { localShell } from '../../remote/local.ts';
import type { GuestSpec } from '../hypervisor.ts';
import { microSpec } from '../micro-spec.example.ts';
import { libvirt } from './libvirt.ts';

/** Why a lab with libvirt cannot be made here; undefined where it can. */
export function whyNoLab(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'cpio', 'gcc', 'sshd', 'ip'];
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const missing = programs.filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH: path } }).status !== 0,
  );
  return missing.length === 0 ? undefined : `missing: ${missing.join(', ')}`;
}

/** A lab of two hosts with libvirtd, for tests. */
export class LibvirtLab {
  readonly hosts: readonly [Host, Host];
  readonly image: GuestImage;
  /** Of the controller. */
  readonly folder: string;
  readonly mark: string;
  readonly #name: string;
  #count = 0;

  private constructor(name: string, hosts: [Host, Host], image: GuestImage, folder: string) {
    this.#name = name;
    this.hosts = hosts;
    this.image = image;
    this.folder = folder;
    this.mark = `libvirt-test-${process.pid}`;
  }

  static async up(name: string): Promise<LibvirtLab> {
    const folder = mkdtempSync(join(tmpdir(), 'vg-libvirt-'));
    const cache = cacheDirectory(process.env);
    const image = await guestImage(localShell, cache, { image: 'micro' });
    try {
      const lab = await labUp({
        ...{ stateDirectory: folder, cache, name, namespaces: 2 },
        ...{ shared: 'directory', libvirt: true },
      });
      const [one, two] = await connectHosts(loadInventory(lab.inventoryPath));
      if (!one || !two) throw new Error('expected two hosts');
      return new LibvirtLab(name, [one, two], image, folder);
    } catch (error) {
      if (labExists(folder, name)) await labDown({ stateDirectory: folder, name });
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  async down(): Promise<void> {
    await Promise.all(this.hosts.map(({ shell }) => shell.close()));
    await labDown({ stateDirectory: this.folder, name: this.#name });
    rmSync(this.folder, { recursive: true });
  }

  /** Ends a host with everything in it, as a loss of power does. */
  kill({ name }: Host): void {
    const record = readLab(this.folder, this.#name);
    const folder = record?.hosts.find((host) => host.name === name)?.folder ?? '';
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  }

  /** A guest as it is on one of the hosts; its directory exists there. */
  async spec(host: Host, changes: Partial<GuestSpec> = {}): Promise<GuestSpec> {
    const number = ++this.#count;
    const directory = `/tmp/g${number}`;
    await host.shell.run(['mkdir', '-p', directory]);
    await mkdir(join(this.folder, 'consoles'), { recursive: true });
    const subnet = host.address.split('.').slice(0, 3).join('.');
    const address = `${subnet}.77/24`;
    return {
      ...microSpec(this.image, {
        ...{
          name: 'vg-lv',
          mac: '52:54:00:76:67:0d',
          directory,
          cpu: 'max',
          memory: 256 * 2 ** 20,
        },
        disk: { path: `/mnt/shared/disk-${number}.qcow2`, format: 'qcow2' },
        network: { kind: 'bridge', bridge: host.bridge ?? '', address },
        consoleLog: join(this.folder, 'consoles', `${number}.log`),
        environment: markEnvironment(this.mark),
      }),
      ...changes,
    };
  }

  /** Boots a guest with a disk of its own, to the first answer of its service. */
  async boot(host = this.hosts[0], changes: Partial<GuestSpec> = {}): Promise<CreatedGuest> {
    const spec = await this.spec(host, changes);
    const template = await this.#template(host);
    const request: CreateRequest = {
      ...{ spec, template, diskPath: spec.disk.path, bootTimeout: 120 },
      provisioning: { method: 'clone', durability: 'buffered' },
    };
    return createGuest({ host, hypervisor: libvirt }, request, AbortSignal.timeout(150_000));
  }

  async #template({ shell }: Host): Promise<{ path: string; format: 'raw' }> {
    const path = '/mnt/shared/template.img';
    await shell.run(['cp', '--update', '--sparse=always', this.image.disk.path, path]);
    return { path, format: 'raw' };
  }
}

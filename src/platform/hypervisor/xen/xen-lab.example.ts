import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { guestImage, type GuestImage } from '../../guest/image/index.ts';
import { labDown, machinesUp } from '../../lab/index.ts';
import { missingForMachines } from '../../lab/machines/machines.example.ts';
import { openLedger, randomToken, type Ledger } from '../../ledger/ledger.ts';
import { markEnvironment } from '../../ledger/kinds/marked-processes.ts';
import { domainsOf, ownedDirectoryOn, processesOf } from '../../ledger/owned-directory-on.ts';
import type { CreateRequest } from '../../operations/create.ts';
import { connectHosts } from '../../remote/connect-host.ts';
import type { Host } from '../../remote/host.ts';
import { addressesOf } from '../../remote/inventory/address-range.ts';
import { loadInventory } from '../../remote/inventory/index.ts';
import { localShell } from '../../remote/local.ts';
import type { AcceleratorName, DiskSpec, GuestSpec } from '../hypervisor.ts';

/** An inventory of real Xen hosts to test on, in place of a lab. */
const given = process.env.VG_XEN_INVENTORY;

/** What keeps tests on Xen hosts from running here; empty if nothing does. */
export const missingForXen = given === undefined ? missingForMachines() : [];

/** Xen hosts for tests, and what a test makes on the first; all of it is in a ledger. */
export class XenLab {
  readonly hosts: readonly Host[];
  readonly host: Host;
  readonly image: GuestImage;
  /** Of the controller. */
  readonly folder: string;
  readonly mark = randomToken();
  readonly ledger: Ledger;
  readonly #down: () => Promise<void>;
  readonly #addresses: string[];
  readonly #directory: string;
  #count = 0;

  private constructor(
    parts: Pick<XenLab, 'hosts' | 'host' | 'image' | 'folder' | 'ledger'>,
    down: () => Promise<void>,
    addresses: string[],
  ) {
    this.hosts = parts.hosts;
    this.host = parts.host;
    this.image = parts.image;
    this.folder = parts.folder;
    this.ledger = parts.ledger;
    this.#down = down;
    this.#addresses = addresses;
    const { path = '/var/lib/vg' } = this.host.storages.local ?? {};
    this.#directory = posix.join(path, `vg-${this.mark}`);
  }

  /** Takes the hosts that are given, or makes a lab of machines. */
  static async up(machines = 1): Promise<XenLab> {
    const folder = mkdtempSync(join(tmpdir(), 'vg-xen-lab-'));
    const cache = cacheDirectory(process.env);
    const name = `xen-test-${process.pid}`;
    const kinds = Array.from({ length: machines }, () => 'xen' as const);
    const down = async () => {
      if (given === undefined) await labDown({ stateDirectory: folder, name });
    };
    try {
      const image = await guestImage(localShell, cache, { image: 'micro' });
      const path =
        given ??
        (await machinesUp({ stateDirectory: folder, cache, name, machines: kinds })).inventoryPath;
      const inventory = loadInventory(path);
      const { guestAddresses: range } = inventory;
      if (range === undefined) throw new Error('expected addresses for guests');
      const addresses = [...addressesOf(range)].map((address) => `${address}/${range.prefix}`);
      const hosts = await connectHosts(inventory);
      const [host] = hosts;
      if (host === undefined) throw new Error('expected a host');
      const ledger = openLedger({ stateDirectory: folder, label: name });
      const parts = { hosts, host, image, folder, ledger };
      const lab = new XenLab(parts, down, addresses);
      await lab.#prepare();
      return lab;
    } catch (error) {
      await down().catch(() => undefined);
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** Removes everything. */
  async down(): Promise<void> {
    const { failures } = await this.ledger.removeAll();
    this.ledger.close();
    await Promise.all(this.hosts.map(({ shell }) => shell.close()));
    await this.#down();
    rmSync(this.folder, { recursive: true });
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
  }

  /** A file on the first host. */
  path(name: string): string {
    return posix.join(this.#directory, name);
  }

  /** What is needed to create a guest there, with a disk and an address of its own. */
  request(
    accelerator: AcceleratorName,
    changes: Partial<Omit<GuestSpec, 'disk'>> = {},
    cache: DiskSpec['cache'] = 'none',
  ): CreateRequest {
    const number = ++this.#count;
    const address = this.#addresses[number % this.#addresses.length] ?? '';
    const { kernel } = this.image;
    const hex = number.toString(16).padStart(2, '0');
    const commandLine = `${kernel?.commandLine ?? ''} vg.name=g${number} vg.address=${address}`;
    return {
      spec: {
        ...{ name: `C-${number}`, machine: 'pc', cpu: 'max', accelerator, vcpus: 1 },
        ...{ memory: 128 * 2 ** 20, hugepages: false, pin: [] },
        disk: { cache, aio: 'threads', iothread: false, queues: 1 },
        kernel: { image: this.path('kernel'), initramfs: this.path('initramfs'), commandLine },
        network: { kind: 'bridge', bridge: this.host.bridge ?? '', address },
        mac: `52:54:00:${this.mark.slice(0, 2)}:${this.mark.slice(2, 4)}:${hex}`,
        directory: this.path(`guest-${number}`),
        consoleLog: join(this.folder, `console-${number}.log`),
        environment: markEnvironment(this.mark),
        ...changes,
      },
      template: { path: this.path('template.img'), format: 'raw' },
      diskPath: this.path(`disk-${number}.img`),
      provisioning: { method: 'sparse', durability: 'buffered' },
      bootTimeout: 240,
    };
  }

  async #prepare(): Promise<void> {
    const { host, mark, ledger, image } = this;
    ledger.enter(processesOf(host, mark));
    const domains = domainsOf(host, mark);
    if (domains === undefined) throw new Error(`${host.name} runs no guests of Xen`);
    ledger.enter(domains);
    await ownedDirectoryOn(host, ledger, this.#directory);
    const { shell } = host;
    const { image: kernel = '', initramfs = '' } = image.kernel ?? {};
    await shell.upload(kernel, this.path('kernel'));
    await shell.upload(initramfs, this.path('initramfs'));
    await shell.upload(image.disk.path, this.path('template.img'));
  }
}

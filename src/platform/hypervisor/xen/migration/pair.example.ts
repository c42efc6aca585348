import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { guestImage } from '../../../guest/image/index.ts';
import { firstAnswer, fitClockOffset } from '../../../guest/service.ts';
import { markEnvironment } from '../../../ledger/kinds/marked-processes.ts';
import { randomToken, type Ledger } from '../../../ledger/ledger.ts';
import { ownedDirectoryOn, processesOf } from '../../../ledger/owned-directory-on.ts';
import type { CreatedGuest } from '../../../operations/create.ts';
import { migrateGuest, type MigrationResult } from '../../../operations/migrate.ts';
import type { Host } from '../../../remote/host.ts';
import { localShell } from '../../../remote/local.ts';
import type { AcceleratorName, GuestSpec } from '../../hypervisor.ts';
import type { MigrationEvent, MigrationMethod } from '../../migration.ts';
import { installHotplugScripts } from '../hotplug-scripts.ts';
import { xen } from '../xen.ts';

/** The one way that Xen knows. */
export const method: MigrationMethod = {
  ...{ method: 'pre-copy', postCopyAfter: 0, disk: 'shared', transport: 'direct', timeout: 300 },
  ...{ multifd: 0, xbzrle: false, autoConverge: false, downtimeLimit: 0.3, bandwidth: undefined },
};

/** Seconds for an emulated guest to boot. */
const bootLimit = 180;

/** One for each address. */
function macOf(address: string): string {
  const last = Number(/\.(\d+)\//.exec(address)?.[1] ?? 0);
  return `00:16:3e:76:67:${last.toString(16).padStart(2, '0')}`;
}

/** Two Xen hosts that share a storage, and what a test makes on them; all of it is in the ledger. */
export class XenPair {
  readonly hosts: readonly [Host, Host];
  readonly mark = randomToken();
  readonly #ledger: Ledger;
  readonly #folder = mkdtempSync(join(tmpdir(), 'vg-xen-pair-'));
  readonly #address: string;
  #count = 0;
  #scripts: string | undefined;
  #directory = '';

  private constructor(hosts: readonly [Host, Host], ledger: Ledger, address: string) {
    this.hosts = hosts;
    this.#ledger = ledger;
    this.#address = address;
  }

  /** @param address for its guests, one at a time, such as `10.77.0.64/24` */
  static async on(
    [one, two]: readonly Host[],
    ledger: Ledger,
    address: string,
    scripts: 'host' | 'light',
  ): Promise<XenPair> {
    if (one === undefined || two === undefined) throw new Error('a pair needs two hosts');
    const pair = new XenPair([one, two], ledger, address);
    const { mark } = pair;
    for (const host of pair.hosts) {
      ledger.enter(processesOf(host, mark));
      if (host.entry) ledger.enter({ kind: 'xen-domains', host: host.entry, mark });
      if (scripts === 'light') {
        pair.#scripts = await installHotplugScripts(host, ledger, mark);
      }
      await ownedDirectoryOn(host, ledger, posix.join(host.runtime, `vg-${mark}`));
    }
    const { path = '' } = Object.values(one.storages).find(({ kind }) => kind !== 'local') ?? {};
    pair.#directory = await ownedDirectoryOn(one, ledger, posix.join(path, `vg-${mark}`));
    return pair;
  }

  /** A guest that runs on the first host and has answered. */
  async guest(accelerator: AcceleratorName = 'xen-pvh'): Promise<CreatedGuest> {
    const [host] = this.hosts;
    const image = await guestImage(localShell, cacheDirectory(process.env), { image: 'micro' });
    const disk = posix.join(this.#directory, 'disk.img');
    await host.shell.upload(image.disk.path, disk);
    const guest = await xen.launch(host, await this.specOn(host, disk, accelerator));
    await guest.resume();
    const { udp } = guest.service;
    const answer = await firstAnswer(udp, host.clock, AbortSignal.timeout(bootLimit * 1000));
    await guest.control.ready();
    const stamps = { requested: 0, service: answer.at, agent: answer.at };
    const clockOffset = await fitClockOffset(udp, host.clock);
    return { guest, stamps, checks: {}, clockOffset, instance: answer.instance };
  }

  async specOn(host: Host, disk: string, accelerator: AcceleratorName): Promise<GuestSpec> {
    const { kernel } = await guestImage(localShell, cacheDirectory(process.env), {
      image: 'micro',
    });
    const onHost = posix.join(host.runtime, `vg-${this.mark}`);
    const directory = posix.join(onHost, String(++this.#count));
    await host.shell.run(['mkdir', directory]);
    const files = {
      image: posix.join(onHost, 'kernel'),
      initramfs: posix.join(onHost, 'initramfs'),
    };
    // Where it only comes by migration it has both in its memory.
    if (kernel && this.#count === 1) {
      await host.shell.upload(kernel.image, files.image);
      await host.shell.upload(kernel.initramfs, files.initramfs);
    }
    const address = this.#address;
    return {
      ...{ name: 'mover', machine: 'pc', cpu: 'max', accelerator, vcpus: 1, memory: 128 * 2 ** 20 },
      ...{ hugepages: false, pin: [], mac: macOf(this.#address), directory },
      disk: {
        path: disk,
        format: 'raw',
        cache: 'none',
        aio: 'threads',
        iothread: false,
        queues: 1,
      },
      ...(kernel && {
        kernel: { ...files, commandLine: `${kernel.commandLine} vg.address=${address}` },
      }),
      network: { kind: 'bridge', bridge: host.bridge ?? '', address },
      consoleLog: join(this.#folder, `console-${this.#count}.log`),
      environment: markEnvironment(this.mark),
      ...(this.#scripts !== undefined && { hotplugScripts: this.#scripts }),
    };
  }

  /** Moves a guest to the other host. */
  async move(
    created: CreatedGuest,
    changes: Partial<MigrationMethod> = {},
    onEvent: (event: MigrationEvent) => void = () => undefined,
  ): Promise<{ result: MigrationResult; events: MigrationEvent[] }> {
    const { guest } = created;
    const target = this.hosts.find((host) => host !== guest.host) as Host;
    const events: MigrationEvent[] = [];
    const spec = await this.specOn(target, guest.spec.disk.path, guest.spec.accelerator);
    const result = await migrateGuest(
      { created, target, method: { ...method, ...changes }, spec },
      new AbortController().signal,
      (event) => {
        events.push(event);
        onEvent(event);
      },
    );
    return { result, events };
  }

  /** Removes everything. */
  async close(): Promise<void> {
    const { failures } = await this.#ledger.removeAll();
    this.#ledger.close();
    rmSync(this.#folder, { recursive: true });
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { guestImage, type GuestImage } from '../../../platform/guest/image/index.ts';
import { placeTemplate, templateSource } from '../../../platform/guest/image/template.ts';
import type { AcceleratorName, GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import { markEnvironment } from '../../../platform/ledger/kinds/marked-processes.ts';
import { makeFolder } from '../../../platform/make-folder.ts';
import { startDetached } from '../../../platform/remote/detached.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { Argv, Shell } from '../../../platform/remote/shell.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import type { GuestShape } from '../../wire/messages/kinds.ts';

/** Says to which guest of which host of which cluster a process belongs. */
const guestVariable = 'VIRTGAUGE_GUEST';

/** Says to which host of which cluster a guest's process belongs, for whoever fences that host. */
export const clusterVariable = 'VIRTGAUGE_CLUSTER';

export function clusterMark(cluster: string, host: string): string {
  return `${cluster}/${host}`;
}

/** A directory on which guests' disks lie. */
export interface AgentStorage {
  readonly name: string;
  readonly path: string;
  /** The same on every host that sees the same directory. */
  readonly id: string;
}

export interface GroundOptions {
  /** Name of what runs the guests. */
  readonly hypervisor: string;
  /** Name of this host. */
  readonly name: string;
  /** Where other hosts reach it. */
  readonly address: string;
  readonly bridge: string | undefined;
  readonly storages: readonly AgentStorage[];
  readonly accelerator: AcceleratorName;
  /** CPU model that guests see. */
  readonly cpu: string;
  /** Folder with images besides `micro`. */
  readonly images: string | undefined;
  readonly cache: string;
  /** Folder for sockets; short. */
  readonly runtime: string;
  /** Carried by every process of the agent's guests: by it `cluster clean` finds them. */
  readonly mark: string;
  /** Name of the cluster. */
  readonly cluster: string;
  /** See `RunnerContext`. */
  readonly mayStart: () => boolean;
}

/**
 * Finds out which storage a directory is on: whoever comes first leaves an id there, so hosts that see
 * the same id see the same directory.
 * @throws UserError if it cannot be written
 */
export function identifyStorage(name: string, path: string): AgentStorage {
  const file = join(path, '.virtgauge-storage');
  try {
    makeFolder(path, 0o755);
    if (!existsSync(file)) {
      // Linked when it is whole: two hosts may come first at once.
      const own = `${file}.${randomUUID()}`;
      writeFileSync(own, randomUUID(), { flush: true });
      try {
        linkSync(own, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      rmSync(own);
    }
    return { name, path, id: readFileSync(file, 'utf8').trim() };
  } catch (cause) {
    throw new UserError(
      {
        where: path,
        message: `storage ${name} cannot be used (${(cause as Error).message})`,
        remedy: 'Name a directory that exists and can be written: --storage NAME=PATH.',
      },
      { cause },
    );
  }
}

/**
 * Where a daemon or the hypervisor itself holds the guests, what is started is programs that watch them:
 * they end with the agent, also if that is killed.
 */
const shellOfWatchers: Shell = {
  ...localShell,
  start: (argv, options) => localShell.start(endsWithUs(argv), options),
  open: (argv, options) => localShell.open(endsWithUs(argv), options),
};

function endsWithUs(argv: Argv): Argv {
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...argv];
}

/** What guests of one host are made from, and where. */
export class Ground {
  readonly options: GroundOptions;
  readonly host: Host;
  readonly #templates = new Map<string, Promise<{ image: GuestImage; path: string }>>();

  constructor(options: GroundOptions) {
    this.options = options;
    const { name, address, bridge, cache, runtime } = options;
    this.host = {
      ...thisMachine(cache, name),
      ...{ address, runtime, ...(bridge !== undefined && { bridge }) },
      shell: options.hypervisor === 'qemu' ? this.#shellOfGuests() : shellOfWatchers,
    };
  }

  /** @throws Error if nothing may be started now */
  expectMayStart(): void {
    if (this.options.mayStart()) return;
    throw new Error('this host is cut off from its master: nothing is started');
  }

  /** What it starts is guests, which go on when their agent ends. */
  #shellOfGuests(): Shell {
    return {
      ...localShell,
      start: (argv, start) => {
        this.expectMayStart();
        const guest = start?.env?.[guestVariable]?.split('/').at(-1) ?? 'guest';
        return startDetached(argv, this.log(guest), start);
      },
    };
  }

  /** What each process of a guest has in its environment, and no other: `NAME=value`. */
  setting(guest: string): string {
    return `${guestVariable}=${this.#mark(guest)}`;
  }

  #mark(guest: string): string {
    return `${clusterMark(this.options.cluster, this.options.name)}/${guest}`;
  }

  /** Folder of a guest's sockets. */
  directory(guest: string): string {
    return join(this.options.runtime, guest);
  }

  /** What its hypervisor says. */
  log(guest: string): string {
    return join(this.directory(guest), 'hypervisor.log');
  }

  /** @throws Error if this host has no such storage */
  storage(name: string | undefined): AgentStorage {
    const { storages } = this.options;
    const found = name === undefined ? storages[0] : storages.find((each) => each.name === name);
    if (found === undefined) {
      const known = storages.map((each) => each.name).join(', ') || 'none';
      throw new Error(`this host has no storage ${name ?? ''}, it has ${known}`);
    }
    return found;
  }

  diskPath(guest: string, storage: string | undefined): string {
    return join(this.storage(storage).path, 'vg-guests', `${guest}.raw`);
  }

  /** The image of a guest, and its template on the guest's storage; made when first asked for. */
  template(shape: GuestShape): Promise<{ image: GuestImage; path: string }> {
    const key = `${shape.storage ?? ''} ${shape.image}`;
    const known = this.#templates.get(key) ?? this.#place(shape);
    this.#templates.set(key, known);
    known.catch(() => this.#templates.delete(key));
    return known;
  }

  image(name: string): Promise<GuestImage> {
    const { images, cache } = this.options;
    if (name === 'micro') return guestImage(localShell, cache, { image: name });
    if (images === undefined) {
      throw new Error(
        `image ${name}: this agent knows only micro, it was started without --images`,
      );
    }
    return guestImage(localShell, cache, { image: join(images, name) });
  }

  /** What a guest shall be on this host. */
  async spec(name: string, shape: GuestShape): Promise<GuestSpec> {
    const { accelerator, cpu, bridge, mark, hypervisor } = this.options;
    if (hypervisor === 'xen' && shape.address === undefined) {
      throw new Error(`${name} needs an address of its own (--address): it is one of Xen`);
    }
    const { kernel, seed } = await this.image(shape.image);
    const { vcpus, memory, maxVcpus = vcpus, maxMemory = memory } = shape;
    const grows = maxVcpus > vcpus || maxMemory > memory;
    // QEMU's user network expects its guest at this one.
    const address = bridge === undefined ? '10.0.2.15/24' : shape.address;
    const words = [`vg.name=${name}`, ...(address === undefined ? [] : [`vg.address=${address}`])];
    return {
      ...{ name, machine: 'pc', cpu, accelerator, vcpus, memory, hugepages: false, pin: [] },
      ...(grows && {
        maximum: { vcpus: Math.max(vcpus, maxVcpus), memory: Math.max(memory, maxMemory) },
      }),
      disk: {
        ...{ path: this.diskPath(name, shape.storage), format: 'raw', cache: 'none' },
        ...{ aio: 'threads', iothread: false, queues: 1 },
      },
      ...(seed !== undefined && { seed }),
      ...(kernel && {
        kernel: { ...kernel, commandLine: [kernel.commandLine, ...words].join(' ') },
      }),
      network:
        bridge === undefined
          ? { kind: 'user' }
          : {
              kind: 'bridge',
              bridge,
              ...(shape.address !== undefined && { address: shape.address }),
            },
      mac: macOf(name),
      directory: this.directory(name),
      consoleLog: join(this.directory(name), 'console.log'),
      environment: {
        ...markEnvironment(mark),
        [guestVariable]: this.#mark(name),
        [clusterVariable]: clusterMark(this.options.cluster, this.options.name),
      },
    };
  }

  async #place({ image: name, storage }: GuestShape) {
    const image = await this.image(name);
    const folder = join(this.storage(storage).path, 'vg-images');
    await mkdir(folder, { recursive: true });
    const path = join(
      folder,
      `${createHash('sha256').update(image.key).digest('hex').slice(0, 16)}.raw`,
    );
    if (!existsSync(path)) {
      const { cache } = this.options;
      const source = await templateSource(localShell, cache, image, 0);
      // Hosts that share the storage may do so at once.
      const partial = `${path}.${randomUUID()}`;
      try {
        await placeTemplate(localShell, source, partial, 'raw');
        await rename(partial, path);
      } finally {
        await rm(partial, { force: true });
      }
    }
    return { image, path };
  }
}

/** The same on every host: it is the guest's. Locally administered; 40 bits of its name's digest. */
function macOf(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return ['52', ...(digits.match(/../g) ?? [])].join(':');
}

/** `host:port`, an IPv6 address in brackets. */
export function endpointText(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import {
  guestPaths,
  qemuCommandLine,
  tapName,
} from '../../../platform/hypervisor/qemu/command-line.ts';
import { livingProcess } from '../../../platform/ledger/living-process.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { Process } from '../../../platform/remote/shell.ts';
import type { Awaited } from '../runner.ts';
import { endpointText, type Ground } from './ground.ts';
import type { GuestFile, GuestFiles } from './guest-files.ts';
import type { Place, Receiving } from './moves.ts';
import type { TunnelCall } from './tunnel-client.ts';
import { Tunnel } from './tunnel-server.ts';

/** What the sender has to know: how it is let in, and what it finds. */
export const awaitedNote = z.strictObject({
  secret: z.string(),
  /** Of the storage on which the guest's disk will be. */
  storage: z.string(),
});

const size = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** What a sender says of the guest; it ends up in a command line, so nothing else is let through. */
const startedSchema = z.strictObject({
  ...{ vcpus: size, memory: size, cpu: z.string(), accelerator: z.string() },
  maximum: z.strictObject({ vcpus: size, memory: size }).optional(),
});

/** A place for a guest of QEMU that is moved here. */
export class Arrival implements Place {
  readonly awaited: Awaited;
  readonly #ground: Ground;
  readonly #files: GuestFiles;
  readonly #tunnel: Tunnel;
  #spec: GuestSpec;
  #file: GuestFile;
  #process: Process | undefined;
  /** Told when the guest is here for good. */
  readonly #onTaken: Receiving['onTaken'];

  private constructor(
    made: { ground: Ground; files: GuestFiles; file: GuestFile; tunnel: Tunnel },
    onTaken: Receiving['onTaken'],
  ) {
    this.#ground = made.ground;
    this.#files = made.files;
    this.#file = made.file;
    this.#spec = made.file.spec;
    this.#tunnel = made.tunnel;
    this.#onTaken = onTaken;
    const { ground, tunnel, file } = made;
    const note = { secret: tunnel.secret, storage: ground.storage(file.shape.storage).id };
    this.awaited = {
      address: endpointText(ground.options.address, tunnel.port),
      note: JSON.stringify(note),
    };
  }

  static async await(
    ground: Ground,
    files: GuestFiles,
    { name, shape, self, onTaken }: Receiving,
  ): Promise<Arrival> {
    const spec = await ground.spec(name, shape);
    await mkdir(spec.directory, { recursive: true, mode: 0o700 });
    const file = files.save({
      ...{ name, shape, spec, state: 'arriving', plugged: {}, ownsDisk: false },
    });
    const { address } = ground.options;
    // It is only made when the tunnel, whose calls it answers, is there.
    let arrival: Arrival | undefined = undefined as Arrival | undefined;
    const tunnel = await Tunnel.open({
      ...{ host: address, self },
      answer: (call) => {
        if (arrival === undefined) throw new Error('nothing is awaited yet');
        return arrival.#answer(call);
      },
    });
    arrival = new Arrival({ ground, files, file, tunnel }, onTaken);
    return arrival;
  }

  /** Nobody gets in any more; what runs goes on. */
  close(): void {
    this.#tunnel.close();
  }

  async #answer(call: TunnelCall): Promise<{ reply: object; join?: NodeJS.ReadWriteStream }> {
    switch (call.ask) {
      case 'launch':
        return { reply: { pid: await this.#launch(call) } };
      case 'connect': {
        const path = guestPaths(this.#spec.directory)[call.socket];
        return { reply: {}, join: await localShell.connect(path) };
      }
      case 'network': {
        const { network, mac } = this.#spec;
        if (network.kind !== 'bridge') return { reply: {} };
        const set = ['ip', 'link', 'set', tapName(mac), 'master', network.bridge, 'up'] as const;
        await localShell.run(set, { timeout: 10 });
        return { reply: {} };
      }
      case 'lives':
        return { reply: { lives: this.#lives(), ...(call.wait && (await this.#process?.exited)) } };
      case 'end':
        this.#process?.kill('SIGKILL');
        await this.#process?.exited;
        return { reply: {} };
      case 'taken':
        await this.#taken(call);
        return { reply: {} };
    }
  }

  async #launch(call: Extract<TunnelCall, { ask: 'launch' }>): Promise<number> {
    if (this.#process !== undefined) throw new Error('it was started already');
    const { machineType, disk, bytes } = call;
    if (!/^[a-z0-9.-]{1,40}$/.test(machineType)) throw new Error('this is no machine type');
    const { vcpus, memory, maximum, cpu, accelerator } = startedSchema.parse(call.started);
    for (const [what, here, there] of [
      ['CPU model', this.#spec.cpu, cpu],
      ['accelerator', this.#spec.accelerator, accelerator],
    ] as const) {
      if (here !== there)
        throw new Error(`expected the ${what} ${there} of the guest, this host has ${here}`);
    }
    const spec = { ...this.#spec, vcpus, memory };
    delete spec.maximum;
    this.#spec = { ...spec, ...(maximum && { maximum }) };
    this.#file = this.#files.save({ ...this.#file, spec: this.#spec });
    const { path, format } = this.#spec.disk;
    if (disk === 'mirror') await this.#makeEmptyDisk(path, format, size.parse(bytes));
    else await stat(path);
    const { shell } = this.#ground.host;
    const { environment } = this.#spec;
    const argv = qemuCommandLine(this.#spec, { machineType });
    this.#process = await shell.start(argv, { env: environment });
    const { pid } = this.#process;
    const start = livingProcess(pid)?.start;
    if (start !== undefined) {
      this.#file = this.#files.save({ ...this.#file, process: { pid, start } });
    }
    return pid;
  }

  async #makeEmptyDisk(path: string, format: string, bytes: number): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    this.#file = this.#files.save({ ...this.#file, ownsDisk: true });
    await localShell.run(['qemu-img', 'create', '-q', '-f', format, path, String(bytes)]);
  }

  async #taken({ instance, plugged }: Extract<TunnelCall, { ask: 'taken' }>): Promise<void> {
    if (this.#process === undefined || !this.#lives()) throw new Error('it does not run');
    // Disks that were plugged in lie where the first one does.
    const folder = dirname(this.#spec.disk.path);
    const here = Object.entries(plugged).map(([name, path]) => [
      name,
      join(folder, basename(path)),
    ]);
    this.#file = this.#files.save({
      ...{ ...this.#file, state: 'running', ownsDisk: true },
      plugged: Object.fromEntries(here) as Record<string, string>,
      ...(instance !== undefined && { instance }),
    });
    await this.#onTaken(this.#file);
  }

  #lives(): boolean {
    const known = this.#file.process;
    return known !== undefined && livingProcess(known.pid)?.start === known.start;
  }
}

/** Removes what an arrival that came to nothing has left. */
export async function removeArrival(files: GuestFiles, file: GuestFile): Promise<void> {
  if (file.ownsDisk) await rm(file.spec.disk.path, { force: true });
  await rm(file.spec.directory, { recursive: true, force: true });
  files.remove(file.name);
}

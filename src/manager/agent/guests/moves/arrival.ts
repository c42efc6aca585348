import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { GuestSpec } from '../../../../platform/hypervisor/hypervisor.ts';
import { localShell } from '../../../../platform/remote/local.ts';
import type { Awaited } from '../../runner.ts';
import { removeDisk } from '../disks.ts';
import { endpointText, type Ground } from '../ground.ts';
import type { GuestFile, GuestFiles } from '../guest-files.ts';
import type { Place, Receiving } from './moves.ts';
import type { ArrivalCall, TunnelCall } from './tunnel-client.ts';
import { Tunnel, type TunnelAnswer } from './tunnel-server.ts';

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

/** What is done here for the agent that sends a guest, in the way of one hypervisor. */
export interface Reception {
  answer(call: Exclude<TunnelCall, { ask: 'taken' }>): Promise<TunnelAnswer>;
  /** Whether the guest is here, so that it can be taken. */
  lives(): boolean | Promise<boolean>;
  /** Ends what must not go on without the sender. */
  close?(): Promise<void>;
}

/** A place for a guest that is moved here. */
export class Arrival implements Place {
  readonly awaited: Awaited;
  readonly ground: Ground;
  readonly #files: GuestFiles;
  readonly #tunnel: Tunnel;
  readonly #reception: Reception;
  #file: GuestFile;
  /** Told when the guest is here for good. */
  readonly #onTaken: Receiving['onTaken'];

  private constructor(
    made: { ground: Ground; files: GuestFiles; file: GuestFile; tunnel: Tunnel },
    onTaken: Receiving['onTaken'],
    receptionOf: (arrival: Arrival) => Reception,
  ) {
    this.ground = made.ground;
    this.#files = made.files;
    this.#file = made.file;
    this.#tunnel = made.tunnel;
    this.#onTaken = onTaken;
    const { ground, tunnel, file } = made;
    const note = { secret: tunnel.secret, storage: ground.storage(file.shape.storage).id };
    this.awaited = {
      address: endpointText(ground.options.address, tunnel.port),
      note: JSON.stringify(note),
    };
    this.#reception = receptionOf(this);
  }

  static async await(
    ground: Ground,
    files: GuestFiles,
    { name, shape, self, onTaken }: Receiving,
    receptionOf: (arrival: Arrival) => Reception,
  ): Promise<Arrival> {
    const spec = await ground.spec(name, shape);
    await mkdir(spec.directory, { recursive: true, mode: 0o700 });
    const { address, hypervisor } = ground.options;
    const file = files.save({
      ...{ name, shape, spec, hypervisor, state: 'arriving', plugged: {}, ownsDisk: false },
    });
    // It is only made when the tunnel, whose calls it answers, is there.
    let arrival: Arrival | undefined = undefined as Arrival | undefined;
    const tunnel = await Tunnel.open({
      ...{ host: address, self },
      answer: (call) => {
        if (arrival === undefined) throw new Error('nothing is awaited yet');
        return arrival.#answer(call);
      },
    });
    arrival = new Arrival({ ground, files, file, tunnel }, onTaken, receptionOf);
    return arrival;
  }

  get file(): GuestFile {
    return this.#file;
  }

  /** Nobody gets in any more; what runs of the guest goes on. */
  async close(): Promise<void> {
    this.#tunnel.close();
    await this.#reception.close?.();
  }

  change(changes: Partial<GuestFile>): GuestFile {
    this.#file = this.#files.save({ ...this.#file, ...changes });
    return this.#file;
  }

  /**
   * Makes ready for the guest as it was started.
   * @returns what it will be here
   * @throws Error if this host cannot run it so
   */
  async fit({ started, disk, bytes }: ArrivalCall): Promise<GuestSpec> {
    const { vcpus, memory, maximum, cpu, accelerator } = startedSchema.parse(started);
    const { spec: before } = this.#file;
    for (const [what, here, there] of [
      ['CPU model', before.cpu, cpu],
      ['accelerator', before.accelerator, accelerator],
    ] as const) {
      if (here !== there)
        throw new Error(`expected the ${what} ${there} of the guest, this host has ${here}`);
    }
    const spec = { ...before, vcpus, memory };
    delete spec.maximum;
    this.change({ spec: { ...spec, ...(maximum && { maximum }) } });
    const { path, format } = spec.disk;
    if (disk === 'mirror') await this.#makeEmptyDisk(path, format, size.parse(bytes));
    else await stat(path);
    return this.#file.spec;
  }

  async #makeEmptyDisk(path: string, format: string, bytes: number): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    this.change({ ownsDisk: true });
    await localShell.run(['qemu-img', 'create', '-q', '-f', format, path, String(bytes)]);
  }

  async #answer(call: TunnelCall): Promise<TunnelAnswer> {
    if (call.ask !== 'taken') return this.#reception.answer(call);
    await this.#taken(call);
    return { reply: {} };
  }

  async #taken({ instance, plugged }: Extract<TunnelCall, { ask: 'taken' }>): Promise<void> {
    if (!(await this.#reception.lives())) throw new Error('it does not run');
    // Disks that were plugged in lie where the first one does.
    const folder = dirname(this.#file.spec.disk.path);
    const here = Object.entries(plugged).map(([name, path]) => [
      name,
      join(folder, basename(path)),
    ]);
    const file = this.change({
      ...{ state: 'running', ownsDisk: true },
      plugged: Object.fromEntries(here) as Record<string, string>,
      ...(instance !== undefined && { instance }),
    });
    await this.#onTaken(file);
  }
}

/** Removes what an arrival that came to nothing has left. */
export async function removeArrival(files: GuestFiles, file: GuestFile): Promise<void> {
  if (file.ownsDisk) await removeDisk(file.spec.disk.path);
  await rm(file.spec.directory, { recursive: true, force: true });
  files.remove(file.name);
}

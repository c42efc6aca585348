import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Guest, GuestSpec } from '../../../platform/hypervisor/hypervisor.ts';
import { startGuest, type CreatedGuest } from '../../../platform/operations/create.ts';
import { proveEnded } from '../../../platform/operations/prove-ended.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { Change, GuestShape, GuestState } from '../../wire/messages/kinds.ts';
import { RunsHere, type Awaited, type GuestRunner, type Usage } from '../runner.ts';
import { GuestFiles, processIn, stopped, type GuestFile } from './guest-files.ts';
import { endGuestsOn } from './end-guests.ts';
import { answersAs } from './answers-as.ts';
import { makeDisk, removeDisk, removeDisks, takeDisk } from './disks.ts';
import type { HostRunnerOptions } from './host-runner-options.ts';
import type { LocalHypervisor } from './hypervisors/local-hypervisor.ts';
import { LastStates } from './last-states.ts';
import { whileConnected } from './may-start.ts';
import { removeArrival } from './moves/arrival.ts';
import type { Place } from './moves/moves.ts';
import { plugAgain, plugInto, unplugFrom } from './plug.ts';
import { TakeOvers } from './take-overs.ts';

/** Guests of this host's hypervisor. They go on when the agent ends, and are taken over by the next one. */
export class HostRunner implements GuestRunner {
  readonly hypervisor: string;
  readonly #options: HostRunnerOptions;
  readonly #local: LocalHypervisor;
  readonly #files: GuestFiles;
  readonly #running = new Map<string, Guest>();
  readonly #arrivals = new Map<string, Place>();
  readonly #states = new LastStates((name) => this.#state(name));
  readonly #stop = new AbortController();
  readonly #takeOvers = new TakeOvers((file) => this.#takeOver(file), this.#stop.signal);

  private constructor(options: HostRunnerOptions) {
    this.#options = options;
    this.#local = options.hypervisor;
    this.hypervisor = options.hypervisor.backend.name;
    this.#files = new GuestFiles(options.folder);
  }

  /**
   * Takes over what an earlier agent has left running.
   * @throws UserError if that had another hypervisor
   */
  static async open(options: HostRunnerOptions): Promise<HostRunner> {
    const runner = new HostRunner(options);
    runner.#files.expectHypervisor(runner.hypervisor);
    await mkdir(options.ground.options.runtime, { recursive: true, mode: 0o700 });
    await runner.#takeOvers.begin(runner.#files.all);
    return runner;
  }

  async list(): Promise<ReadonlyMap<string, GuestState>> {
    const known = this.#files.all.filter(({ name, state }) => {
      // One that is taken right now is found first.
      const isFound = this.#running.has(name) || !this.#arrivals.has(name);
      return state !== 'arriving' && isFound;
    });
    const states = await Promise.all(
      known.map(async ({ name }) => [name, await this.#states.of(name)] as const),
    );
    return new Map(states);
  }

  usage(): ReadonlyMap<string, Usage> {
    return this.#local.usage?.(this.#running) ?? new Map();
  }

  async create(name: string, shape: GuestShape): Promise<void> {
    if (this.#files.get(name) !== undefined) throw new Error(`there is a guest ${name}`);
    const { ground } = this.#options;
    const { image, path: template } = await ground.template(shape);
    const spec = await ground.spec(name, shape);
    const { path } = spec.disk;
    if (existsSync(path)) throw new Error(`there is a disk ${path} already`);
    await mkdir(dirname(path), { recursive: true });
    await mkdir(spec.directory, { recursive: true, mode: 0o700 });
    const file = this.#files.save(stopped({ name, shape, spec, hypervisor: this.hypervisor }));
    try {
      const bytes = Math.max(shape.disk, image.diskSize);
      await makeDisk(template, path, bytes, this.#stop.signal);
      takeDisk(path, ground.options.name);
      await this.#started(file);
    } catch (error) {
      if (this.#running.has(name)) throw error;
      await removeDisks(file, ground.options.name);
      this.#files.remove(name);
      throw error;
    }
  }

  async start(name: string, shape: GuestShape): Promise<void> {
    this.#takeOvers.expectOver(name);
    if ((await this.#state(name)) === 'running') throw new Error(`${name} runs already`);
    const { ground } = this.#options;
    const spec = await ground.spec(name, shape);
    if (!existsSync(spec.disk.path)) throw new Error(`there is no disk ${spec.disk.path}`);
    await ground.template(shape);
    await mkdir(spec.directory, { recursive: true, mode: 0o700 });
    const file = this.#files.save(stopped({ name, shape, spec, hypervisor: this.hypervisor }));
    ground.expectMayStart();
    takeDisk(spec.disk.path, ground.options.name);
    await this.#started(file, plugAgain);
  }

  async stop(name: string): Promise<void> {
    const file = this.#file(name);
    await this.#end(file);
    this.#files.save(stopped(file));
  }

  async remove(name: string): Promise<void> {
    const file = this.#files.get(name);
    if (file === undefined) return;
    await this.#end(file);
    await removeDisks(file, this.#options.ground.options.name);
    this.#files.remove(name);
  }

  async check(name: string): Promise<void> {
    this.#takeOvers.expectOver(name);
    const state = await this.#state(name);
    const why = `${name} is ${state} here: only running ones are moved`;
    if (state !== 'running') throw new Error(why);
  }

  async receive(name: string, shape: GuestShape): Promise<Awaited> {
    const known = this.#files.get(name);
    if (known?.state === 'arriving') await this.discard(name);
    else if (known !== undefined) throw new Error(`there is a guest ${name}`);
    const { ground, self } = this.#options;
    const onTaken = (file: GuestFile) => this.#arrived(file);
    const receiving = { name, shape, self, onTaken };
    const place = await this.#local.moves.receive(ground, this.#files, receiving);
    this.#arrivals.set(name, place);
    return place.awaited;
  }

  async discard(name: string): Promise<void> {
    await this.#arrivals.get(name)?.close();
    this.#arrivals.delete(name);
    const file = this.#files.get(name);
    if (file === undefined) return;
    if (file.state !== 'arriving') throw new RunsHere(name);
    const guest = await this.#local.find(file);
    if (guest !== undefined) {
      if (await guest.running()) {
        this.#running.set(name, guest);
        this.#files.save({ ...file, state: 'running', ownsDisk: true, ...processIn(guest) });
        takeDisk(file.spec.disk.path, this.#options.ground.options.name);
        throw new RunsHere(name);
      }
      const doubt = await proveEnded(guest);
      if (doubt !== undefined) throw new Error(`whether ${name} runs is not known: ${doubt}`);
    }
    await this.#local.endHalf?.(file);
    await removeArrival(this.#files, file);
  }

  async send(name: string, to: Awaited & { readonly host: string }): Promise<void> {
    const file = this.#file(name);
    const guest = this.#running.get(name);
    if (guest === undefined) throw new Error(`${name} does not run here`);
    const { ground, self } = this.#options;
    const { instance, plugged, shape } = file;
    const storage = ground.storage(shape.storage).id;
    await this.#local.moves.send({
      ...{ guest, to, self, storage, instance, plugged, signal: this.#stop.signal },
    });
    this.#running.delete(name);
    const there = (JSON.parse(to.note ?? '{}') as { storage?: string }).storage;
    if (there !== storage) await removeDisk(file.spec.disk.path);
    await rm(file.spec.directory, { recursive: true, force: true });
    this.#files.remove(name);
  }

  async resume(name: string): Promise<void> {
    this.#takeOvers.expectOver(name);
    const guest = this.#running.get(name);
    if (guest === undefined || (await this.#state(name)) !== 'paused') return;
    await (this.#local.resume?.(guest) ?? guest.resume());
  }

  async forget(name: string): Promise<void> {
    const file = this.#files.get(name);
    if (file === undefined) return;
    await this.#end(file);
    await rm(file.spec.directory, { recursive: true, force: true });
    this.#files.remove(name);
  }

  async plug(name: string, change: Change): Promise<string> {
    return this.#changed(name, (guest, file) => plugInto(guest, file, change));
  }

  async unplug(name: string, change: Change): Promise<string> {
    return this.#changed(name, (guest, file) => unplugFrom(guest, file, change));
  }

  endAll(): Promise<void> {
    const { cluster, name } = this.#options.ground.options;
    return endGuestsOn(localShell, cluster, name);
  }

  /** Lets go of everything; guests go on. */
  close(): void {
    this.#stop.abort(new Error('the agent ends'));
    for (const arrival of this.#arrivals.values()) void arrival.close();
  }

  async #changed(
    name: string,
    work: (guest: Guest, file: GuestFile) => Promise<{ said: string; file?: GuestFile }>,
  ): Promise<string> {
    const guest = this.#running.get(name);
    if (guest === undefined) throw new Error(`${name} does not run here`);
    const { said, file } = await work(guest, this.#file(name));
    if (file !== undefined) this.#files.save(file);
    return said;
  }

  /** Or it runs nowhere, unless that cannot be proven. */
  async #started(file: GuestFile, plug?: typeof plugAgain): Promise<void> {
    const { guest, instance } = await this.#start(file.spec);
    this.#running.set(file.name, guest);
    try {
      const on: GuestFile = { ...file, state: 'running', instance, ...processIn(guest) };
      this.#files.save(on);
      if (plug !== undefined) this.#files.save({ ...on, plugged: await plug(guest) });
    } catch (error) {
      await this.#end(file);
      throw error;
    }
  }

  /** A guest has come from another host, and nobody else holds its sockets. */
  async #arrived(file: GuestFile): Promise<void> {
    const { name } = file;
    try {
      await this.#arrivals.get(name)?.close();
      const guest = await this.#local.find(file);
      if (guest === undefined) throw new Error(`${name} does not run here`);
      this.#running.set(name, guest);
      this.#files.save({ ...file, ...processIn(guest) });
      takeDisk(file.spec.disk.path, this.#options.ground.options.name);
      await answersAs(guest, file.instance);
    } finally {
      this.#arrivals.delete(name);
    }
  }

  async #takeOver(file: GuestFile): Promise<void> {
    // An agent that was killed while it started it has written no more.
    if (file.state === 'stopped') await this.#local.end(file);
    if (file.state !== 'running') return;
    const guest = await this.#local.find(file);
    if (guest === undefined) return;
    this.#running.set(file.name, guest);
    // A move that its agent did not see to the end must not go on by itself.
    if (await guest.running()) await this.#local.takenOver?.(guest);
  }

  async #state(name: string): Promise<GuestState> {
    await this.#takeOvers.of(name);
    const guest = this.#running.get(name);
    const file = this.#files.get(name);
    if (guest === undefined || file === undefined) return 'stopped';
    if (!(await this.#local.lives(file, guest))) {
      this.#running.delete(name);
      return 'stopped';
    }
    return (await guest.running()) ? 'running' : 'paused';
  }

  async #end(file: GuestFile): Promise<void> {
    const guest = this.#running.get(file.name);
    if (guest === undefined) return this.#local.end(file);
    const doubt = await proveEnded(guest);
    if (doubt !== undefined) throw new Error(`${file.name} did not end: ${doubt}`);
    this.#running.delete(file.name);
  }

  #start(spec: GuestSpec): Promise<CreatedGuest> {
    const { ground, bootTimeout } = this.#options;
    const hypervisor = whileConnected(this.#local.backend, ground);
    const at = { host: ground.host, hypervisor };
    return startGuest(at, spec, bootTimeout, this.#stop.signal);
  }

  #file(name: string): GuestFile {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`there is no guest ${name} here`);
    return file;
  }
}

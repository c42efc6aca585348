import { join, posix } from 'node:path';
import { mkdir, rm } from 'node:fs/promises';
import { endsWithin } from '../../platform/ends-within.ts';
import { endProcessesOn } from '../../platform/ledger/kinds/remote-processes.ts';
import type { GuestImage } from '../../platform/guest/image/guest-image.ts';
import type { GuestSpec } from '../../platform/hypervisor/hypervisor.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import {
  createGuest,
  type CreateBoundary,
  type CreatedGuest,
  type CreateRequest,
} from '../../platform/operations/create.ts';
import type { Host } from '../../platform/remote/host.ts';
import { patienceWith } from '../../platform/remote/patience.ts';
import { isThisMachine } from '../../platform/remote/this-machine.ts';
import type { Levels } from '../scenario/levels.ts';
import { guestSpec } from './guest-spec.ts';
import { addressIn, networkOn } from './hosts/host-network.ts';
import { GuestFailure } from './guest-failure.ts';
import { hostOfGuest } from './spread.ts';
import { setTemplateCache } from './storages/set-template-cache.ts';
import { TrialStorages } from './storages/trial-storages.ts';
import type { TrialGround } from './trial-ground.ts';

/** Tells the processes of one trial from those of the others. */
const trialVariable = 'VIRTGAUGE_TRIAL';
/** Seconds for ending a trial, whatever its hosts do. */
const patience = 25;

/** What one trial makes on its hosts, and how it goes. */
export class TrialBed {
  readonly hosts: readonly Host[];
  readonly controller: Host;
  /** Carried by every process of the trial. */
  readonly environment: Readonly<Record<string, string>>;
  readonly storages: TrialStorages;
  /** The guests where they are now, in order; empty until they are created. */
  readonly guests: CreatedGuest[] = [];
  readonly ground: TrialGround;
  readonly #trial: number;
  readonly #levels: Levels;
  /** All that ever were a guest of the trial. */
  readonly #known = new Set<CreatedGuest>();
  readonly #addresses: string[] = [];
  readonly #folders = new Map<string, Promise<string>>();
  #arrivals = 0;
  #added = 0;

  constructor(ground: TrialGround, trial: number, hosts: readonly Host[], levels: Levels) {
    this.ground = ground;
    this.#trial = trial;
    this.#levels = levels;
    this.storages = new TrialStorages(ground.beds, trial, hosts, levels);
    this.hosts = hosts;
    this.controller = ground.controller;
    const [mark = ''] = Object.values(ground.environment);
    this.environment = { ...ground.environment, [trialVariable]: `${mark}-${trial}` };
  }

  /**
   * Creates the guests of the trial on its first hosts, in turn, all at once.
   * @throws GuestFailure for the first that fails; none of them runs then
   */
  async createGuests(
    signal: AbortSignal,
    onBoundary: (guest: number, boundary: CreateBoundary) => void,
  ): Promise<void> {
    const hosts = this.hosts.slice(0, this.#levels.hosts);
    const hypervisor = hypervisorNamed(this.#levels.hypervisor);
    await mkdir(this.#consoles(), { recursive: true });
    const made = this.ground.imageOf(this.#levels);
    const images = await Promise.all(hosts.map((host) => this.ground.files.image(host, made)));
    const starts = await this.ground.savedStates.forTrial(
      ...([hosts, this.#levels, signal] as const),
      (host, index) =>
        this.#createRequest(host, this.#levels.guests + index, images[index] ?? made),
    );
    this.#freeAddresses();
    await setTemplateCache(this.storages, hosts, starts, this.#levels, signal);
    const siblings = new AbortController();
    const stop = AbortSignal.any([signal, siblings.signal]);
    const create = async (guest: number) => {
      const which = hostOfGuest(guest, this.#levels);
      const host = hosts[which];
      const image = images[which];
      if (host === undefined || image === undefined) throw new Error('a trial without a host');
      const start = starts[hosts.indexOf(host)];
      const request = { ...this.#createRequest(host, guest, image), ...start };
      try {
        return await createGuest({ host, hypervisor }, request, stop, (boundary) =>
          onBoundary(guest, boundary),
        );
      } catch (error) {
        const failure = new GuestFailure(guest, request.spec.consoleLog, error as Error);
        // The trial has failed: no need to wait for the other guests. Only the first is told.
        siblings.abort(failure);
        throw failure;
      }
    };
    const settled = await Promise.allSettled(
      Array.from({ length: this.#levels.guests }, (_, guest) => create(guest)),
    );
    const created = settled.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    for (const guest of created) this.#known.add(guest);
    if (siblings.signal.aborted) throw siblings.signal.reason;
    this.guests.push(...created);
  }

  /**
   * Creates one more guest on a host of the trial: booted, and ended with the trial.
   * @throws GuestFailure if it does not answer
   */
  async addGuest(host: Host, signal: AbortSignal): Promise<CreatedGuest> {
    const image = await this.ground.files.image(host, this.ground.imageOf(this.#levels));
    // Behind those of the trial, and those from whose state they were restored.
    const number = this.#levels.guests + this.#levels.hosts + this.#added++;
    const request = this.#createRequest(host, number, image);
    const hypervisor = hypervisorNamed(this.#levels.hypervisor);
    try {
      const created = await createGuest({ host, hypervisor }, request, signal);
      this.#known.add(created);
      return created;
    } catch (error) {
      throw new GuestFailure(number, request.spec.consoleLog, error as Error);
    }
  }

  /** The storages that the trial uses, each with a directory of the run on it, as a host sees it. */
  storagesOn(host: Host): { name: string; directory: string }[] {
    return this.storages.on(host);
  }

  /** An address that no other guest has, until the trial ends. */
  address(): string {
    const address = this.ground.addresses.take();
    this.#addresses.push(address);
    return address;
  }

  /** The trial's folder on a host, made when first asked for. */
  folder(host: Host): Promise<string> {
    const path = posix.join(this.#onHost(host), 'files');
    const made =
      this.#folders.get(host.name) ?? host.shell.run(['mkdir', '-p', '--', path]).then(() => path);
    this.#folders.set(host.name, made);
    return made;
  }

  /** Of the run on a host: what must be there again when the host has lost its power. */
  folderOfRun(host: Host): string {
    return posix.dirname(this.#onHost(host));
  }

  /** A guest as it shall be on another host of the trial: what it needs there is made. */
  async arrival(guest: number, host: Host, disk: 'shared' | 'mirror'): Promise<GuestSpec> {
    const spec = this.#guest(guest).guest.spec;
    const move = ++this.#arrivals;
    const directory = posix.join(this.#onHost(host), `${guest}-${move}`);
    await host.shell.run(['mkdir', '-p', '--', directory]);
    const { kernel, seed } = await this.ground.files.image(host, this.ground.imageOf(this.#levels));
    const path =
      disk === 'shared' ? spec.disk.path : await this.#emptyDisk(guest, host, move, spec);
    return {
      ...spec,
      ...{ directory, environment: this.environment },
      consoleLog: this.#console(guest, move),
      // Its own command line, with the address that it keeps.
      ...(kernel && spec.kernel && { kernel: { ...kernel, commandLine: spec.kernel.commandLine } }),
      ...(seed !== undefined && { seed }),
      network: { ...networkOn(host, this.#levels), ...addressIn(spec.network) },
      disk: { ...spec.disk, path },
    };
  }

  /** Path of a file on the storage of the arm, as a host sees it; it is removed with the trial. */
  storageFile(host: Host, name: string): string {
    return this.storages.disks.trialFile(host, this.#trial, name);
  }

  /** Tells that a guest is now this one, on another host. */
  moved(guest: number, now: CreatedGuest): void {
    this.#guest(guest);
    this.#known.add(now);
    this.guests[guest] = now;
  }

  /**
   * Ends all processes of the trial on all of its hosts and removes what it has made there. Takes
   * no longer than 30 seconds, also if a host is gone; two minutes where one is emulated.
   * @returns what was not as it should be, in sentences
   */
  async remove(): Promise<string[]> {
    const notes: string[] = [];
    const ended = Promise.all([...this.#known].map(({ guest }) => guest.destroy()));
    const enough = patienceWith(this.hosts, patience / 2);
    if (!(await endsWithin(enough, ended))) notes.push('some guests could not be ended');
    const here = this.hosts.some(isThisMachine) ? [] : [this.controller];
    const cleanings = [...this.hosts, ...here].map(async (host) => {
      try {
        notes.push(...(await this.#cleanHost(host)));
      } catch (error) {
        notes.push(`what it made on ${host.name} is left there: ${(error as Error).message}`);
      }
    });
    if (!(await endsWithin(enough, Promise.all(cleanings)))) {
      notes.push(`what it made is left where its hosts do not answer; later: virtgauge clean`);
    }
    await rm(this.#consoles(), { recursive: true, force: true });
    this.#freeAddresses();
    return notes;
  }

  #freeAddresses(): void {
    for (const address of this.#addresses.splice(0)) this.ground.addresses.free(address);
  }

  async #cleanHost(host: Host): Promise<string[]> {
    const { shell } = host;
    const left = await endProcessesOn(shell, `${trialVariable}=${this.environment[trialVariable]}`);
    const notes = left.map(
      ({ what, count }) => `ended what it had left on ${host.name}: ${count} ${what}`,
    );
    await shell.run(['rm', '-rf', '--', this.#onHost(host)], { timeout: patience / 2 });
    if (host === this.controller) return notes;
    const silent = this.ground.pulses.pendingOn(host);
    const { disks } = this.storages;
    // They go with the run's folder there, or later with clean.
    if (silent.has(disks.storage))
      notes.push(`its disks on storage ${disks.storage} are left, ${host.name} gets no answer`);
    else await disks.removeDisks(host, this.#trial);
    return notes;
  }

  #createRequest(
    host: Host,
    guest: number,
    image: Pick<GuestImage, 'kernel' | 'seed'>,
  ): CreateRequest {
    const levels = this.#levels;
    const { scenario, accelerators, domainXml, hotplugScripts } = this.ground;
    return {
      spec: guestSpec({
        ...{ levels, image, domainXml, hotplugScripts, environment: this.environment },
        name: `vg-${this.#trial}-${guest}`,
        directory: posix.join(this.#onHost(host), String(guest)),
        consoleLog: this.#console(guest),
        accelerator: accelerators.of(levels),
        hotplug: scenario.measure.hotplug !== undefined,
        network: this.#network(host, image.kernel !== undefined),
      }),
      template: this.storages.templates.template(host, levels.format),
      diskPath: this.storages.disks.diskPath(host, this.#trial, guest),
      provisioning: { method: levels.provisioning, durability: levels.durability },
      bootTimeout: scenario.guest.bootTimeout,
    };
  }

  /** @param told whether the guest can be told its address */
  #network(host: Host, told: boolean): GuestSpec['network'] {
    const network = networkOn(host, this.#levels);
    const { size } = this.ground.addresses;
    if (network.kind === 'user' || !told || size === 0) return network;
    return { ...network, address: this.address() };
  }

  async #emptyDisk(guest: number, host: Host, move: number, { disk }: GuestSpec): Promise<string> {
    const { disks } = this.storages;
    const path = disks.diskPath(host, this.#trial, guest, move);
    await host.shell.run([
      ...(['qemu-img', 'create', '-q', '-f', disk.format] as const),
      ...[path, String(disks.diskBytes)],
    ]);
    return path;
  }

  #guest(guest: number): CreatedGuest {
    const found = this.guests[guest];
    if (found === undefined) throw new Error(`no guest ${guest} in this trial`);
    return found;
  }

  #onHost(host: Host): string {
    const { folders, consoles } = this.ground;
    const folder = host === this.controller ? consoles : folders.get(host.name);
    if (folder === undefined) throw new Error(`the run has no folder on ${host.name}`);
    return posix.join(folder, String(this.#trial));
  }

  #consoles(): string {
    return join(this.ground.consoles, String(this.#trial));
  }

  #console(guest: number, move = 0): string {
    return join(this.#consoles(), `${guest}${move === 0 ? '' : `-${move}`}.console`);
  }
}

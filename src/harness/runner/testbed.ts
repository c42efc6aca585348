import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { markEnvironment } from '../../platform/ledger/kinds/marked-processes.ts';
import { randomToken, type Ledger } from '../../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../../platform/ledger/owned-directory.ts';
import type { GuestImage } from '../../platform/guest/image/guest-image.ts';
import { guestImage } from '../../platform/guest/image/index.ts';
import { templateSource } from '../../platform/guest/image/template.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import type { AcceleratorName } from '../../platform/hypervisor/hypervisor.ts';
import {
  createGuest,
  type CreateBoundary,
  type CreatedGuest,
  type CreateRequest,
} from '../../platform/operations/create.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { Shell } from '../../platform/remote/shell.ts';
import { thisMachine } from '../../platform/remote/this-machine.ts';
import type { Environment } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';
import { chooseAccelerator } from './accelerator.ts';
import { guestSpec } from './guest-spec.ts';
import { StorageBed } from './storage-bed.ts';
import { requireHost } from './requirements.ts';

/** A guest that could not be created; `consoleLog` may not exist. */
export class GuestFailure extends Error {
  readonly guest: number;
  readonly consoleLog: string;

  constructor(guest: number, consoleLog: string, cause: Error) {
    super(`guest ${guest} ${cause.message}`, { cause });
    this.name = 'GuestFailure';
    this.guest = guest;
    this.consoleLog = consoleLog;
  }
}

export interface TestbedRequest {
  shell: Shell;
  clock: Clock;
  ledger: Ledger;
  cache: string;
  scenario: Scenario;
  /** The levels of every arm. */
  arms: readonly Levels[];
  /** Bytes that the measurements need on each guest's disk. */
  dataBytes: number;
  onStep: (step: string) => void;
}

export interface Testbed {
  /** First byte behind the system on every guest's disk. */
  readonly dataOffset: number;
  readonly hosts: readonly Host[];
  /** Environment by which the ledger finds the run's processes. */
  readonly mark: Readonly<Record<string, string>>;
  readonly environment: Pick<Environment, 'versions' | 'storages'> &
    Required<Pick<Environment, 'accelerator'>>;
  /**
   * Creates the guests of a trial, all at once.
   * @throws GuestFailure for the first that fails; none of them runs then
   */
  createGuests(
    trial: number,
    levels: Levels,
    signal: AbortSignal,
    onBoundary: (guest: number, boundary: CreateBoundary) => void,
  ): Promise<CreatedGuest[]>;
  /** Ends the guests of a trial and removes their disks. */
  removeGuests(trial: number, guests: readonly CreatedGuest[]): Promise<void>;
}

/**
 * What all trials of a run stand on: the guest image, the accelerator, and a template on every
 * storage. Everything is in the ledger before it exists.
 * @throws UserError if the machine cannot bear the scenario
 */
export async function prepareTestbed(request: TestbedRequest): Promise<Testbed> {
  const { shell, ledger, cache, scenario, arms, dataBytes, onStep } = request;
  const host = thisMachine(cache);
  await requireHost(shell, arms);
  const mark = randomToken();
  ledger.enter({ kind: 'processes', mark });
  const environment = markEnvironment(mark);
  // Short: the path of a unix socket may have 107 bytes.
  const runtime = createOwnedDirectory(ledger, join(tmpdir(), `vg-${mark}`)).path;

  onStep('guest image');
  const image = await guestImage(shell, cache, scenario.guest);
  onStep('accelerator');
  const accelerator = await chooseAccelerator({ ...request, host, environment, runtime });
  onStep('storages');
  const data = dataBytes + (scenario.guest.data ?? 0);
  const source = await templateSource(shell, cache, image, data);
  const beds = new Map<string, StorageBed>();
  for (const name of new Set(arms.map(({ storage }) => storage))) {
    const uses = arms.filter(({ storage }) => storage === name);
    beds.set(name, await StorageBed.prepare({ ...request, name, uses, source, data }));
  }

  const guestDirectory = (trial: number, guest: number) =>
    join(runtime, String(trial), String(guest));

  return {
    dataOffset: image.diskSize,
    hosts: [host],
    mark: environment,
    environment: {
      accelerator: {
        name: accelerator.chosen,
        emulated: accelerator.chosen === 'tcg',
        why: accelerator.why,
      },
      versions: { ...(await hypervisorVersions(shell, arms)), ...image.versions },
      storages: Object.fromEntries([...beds].map(([name, bed]) => [name, bed.facts])),
    },

    async createGuests(trial, levels, signal, onBoundary) {
      const bed = beds.get(levels.storage) as StorageBed;
      const hypervisor = hypervisorNamed(levels.hypervisor);
      await mkdir(join(runtime, String(trial)), { recursive: true });
      const siblings = new AbortController();
      const stop = AbortSignal.any([signal, siblings.signal]);
      const create = async (guest: number) => {
        const directory = guestDirectory(trial, guest);
        const request = createRequest({
          ...{ scenario, levels, image, bed, trial, guest, directory, environment },
          accelerator: levels.accelerator === 'auto' ? accelerator.chosen : levels.accelerator,
        });
        try {
          return await createGuest({ host, hypervisor }, request, stop, (boundary) =>
            onBoundary(guest, boundary),
          );
        } catch (error) {
          const failure = new GuestFailure(guest, join(directory, 'console.log'), error as Error);
          // The trial has failed: no need to wait for the other guests. Only the first is told.
          siblings.abort(failure);
          throw failure;
        }
      };
      const settled = await Promise.allSettled(
        Array.from({ length: levels.guests }, (_, guest) => create(guest)),
      );
      const created = settled.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value] : [],
      );
      if (siblings.signal.aborted) {
        await Promise.all(created.map(({ guest }) => guest.destroy()));
        throw siblings.signal.reason;
      }
      return created;
    },

    async removeGuests(trial, guests) {
      await Promise.all(guests.map(({ guest }) => guest.destroy()));
      await Promise.all([...beds.values()].map((bed) => bed.removeDisks(trial)));
      await rm(join(runtime, String(trial)), { recursive: true, force: true });
    },
  };
}

function createRequest({
  scenario,
  levels,
  image,
  bed,
  trial,
  guest,
  directory,
  environment,
  accelerator,
}: {
  scenario: Scenario;
  levels: Levels;
  image: GuestImage;
  bed: StorageBed;
  trial: number;
  guest: number;
  directory: string;
  environment: Readonly<Record<string, string>>;
  accelerator: AcceleratorName;
}): CreateRequest {
  const name = `vg-${trial}-${guest}`;
  return {
    spec: guestSpec({
      ...{ name, levels, image, directory, environment, accelerator },
      consoleLog: join(directory, 'console.log'),
    }),
    template: bed.template(levels.format),
    diskPath: bed.diskPath(trial, guest),
    provisioning: { method: levels.provisioning, durability: levels.durability },
    bootTimeout: scenario.guest.bootTimeout,
  };
}

async function hypervisorVersions(
  shell: Shell,
  arms: readonly Levels[],
): Promise<Record<string, string>> {
  const names = new Set(arms.map(({ hypervisor }) => hypervisor));
  const versions = await Promise.all(
    [...names].map((name) => hypervisorNamed(name).versions(shell)),
  );
  return Object.assign({}, ...versions) as Record<string, string>;
}

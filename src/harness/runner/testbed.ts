import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { monotonicClock } from '../../base/clock.ts';
import { UserError } from '../../base/errors.ts';
import { markEnvironment } from '../../platform/ledger/kinds/marked-processes.ts';
import { randomToken, type Ledger } from '../../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../../platform/ledger/owned-directory.ts';
import {
  domainsOf,
  ownedDirectoryOn,
  processesOf,
} from '../../platform/ledger/owned-directory-on.ts';
import { templateSource } from '../../platform/guest/image/template.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import type { GuestSpec } from '../../platform/hypervisor/hypervisor.ts';
import { runs, type Host } from '../../platform/remote/host.ts';
import { localShell } from '../../platform/remote/local.ts';
import type { Shell } from '../../platform/remote/shell.ts';
import { isThisMachine, thisMachine } from '../../platform/remote/this-machine.ts';
import { describeMachine } from '../results/environment.ts';
import type { Environment, HostFacts } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';
import { chooseAccelerators, type Accelerators } from './accelerators.ts';
import { domainVersion, readDomain } from './domain-xml.ts';
import { emulatorVersions } from './emulators.ts';
import { GuestImages } from './guest-images.ts';
import { fioVersion, needsHostFio } from './hosts/host-fio.ts';
import { AddressPool } from './hosts/address-pool.ts';
import type { HostGroup } from './hosts/host-group.ts';
import { HostFiles } from './hosts/host-files.ts';
import { lightScripts } from './hosts/light-scripts.ts';
import { requirePower } from './hosts/require-power.ts';
import { networkOn } from './hosts/host-network.ts';
import type { HostTexts } from './hosts/host-texts.ts';
import type { RunHosts } from './hosts/run-hosts.ts';
import { hypervisorsOf } from './hypervisors-of.ts';
import { imageName } from './image-name.ts';
import { requireHosts } from './requirements.ts';
import { SavedStates } from './saved-states.ts';
import { Sentinels } from './sentinel/sentinels.ts';
import { sentinelsOn } from './sentinel/wanted.ts';
import { StoragePulses } from './storage-watch/pulses.ts';
import { planStorages, requireSharedDisks, type PlannedStorage } from './storages/plan-storages.ts';
import { missingLayouts } from './storages/missing-layouts.ts';
import { storagesUsed } from './storages/plan-beds.ts';
import { prepareStorages } from './storages/prepare.ts';
import { TrialBed } from './trial-bed.ts';
import type { TrialGround } from './trial-ground.ts';

export interface TestbedRequest {
  ledger: Ledger;
  /** Of the controller. */
  cache: string;
  scenario: Scenario;
  /** The levels of every arm. */
  arms: readonly Levels[];
  /** Bytes that the measurements need on each guest's disk. */
  dataBytes: number;
  hosts: RunHosts;
  /** Hosts of a group on which guests may run: the first of each. */
  needed: number;
  /**
   * A trial has all hosts of its group, guests may move between the needed ones; if not, it has
   * those on which it creates guests.
   */
  wholeGroup: boolean;
  /** Whether the power of hosts with guests is cut. */
  cutsPower?: boolean;
  /** Whether such hosts are taken away, though what they have not synced need not be lost. */
  killsHosts?: boolean;
  /** Gives up between two steps, and where a step takes long. */
  signal: AbortSignal;
  onStep: (step: string) => void;
  /** Called once the images are known, before anything is written to a storage. */
  beforeWriting?: (systemSize: (levels: Levels) => number) => void;
}

export interface Testbed {
  /** First byte behind the system on the disk of an arm's guests. */
  dataOffset(levels: Levels): number;
  readonly environment: Pick<
    Environment,
    'versions' | 'storages' | 'hosts' | 'savedStates' | 'accelerators'
  > &
    Required<Pick<Environment, 'accelerator'>>;
  /** Whether storages answer. */
  readonly pulses: StoragePulses;
  /** What is seen of others' load. */
  readonly sentinels: Sentinels;
  /** Where a trial makes its guests; nothing is made yet. */
  trial(trial: number, group: HostGroup, levels: Levels): TrialBed;
  /** Where a cut of a host's power is entered, so that it gets it back in any case. */
  readonly ledger: Ledger;
}

/**
 * What all trials of a run stand on: the guest image on every host, the accelerator, and a template
 * on every storage. Everything is in the ledger before it exists.
 * @throws UserError if the hosts cannot bear the scenario; the reason of the signal
 */
export async function prepareTestbed(request: TestbedRequest): Promise<Testbed> {
  const { ledger, cache, scenario, arms, dataBytes, hosts: run, needed, signal } = request;
  const onStep = (step: string) => {
    signal.throwIfAborted();
    request.onStep(step);
  };
  const hosts = run.groups.flatMap((group) => group.hosts);
  const parties = run.groups.map((group) => group.hosts.slice(0, needed));
  const addresses = new AddressPool(run.addresses);
  const planned = plannedStorages(request, parties);
  const domainXml = await readDomain(scenario.guest.domain);
  onStep('hosts');
  const texts = await requireHosts(hosts, {
    arms,
    microGuest: arms.every((arm) => imageName(scenario, arm) === 'micro'),
    hostFio: needsHostFio(scenario),
    addresses: addresses.size,
    moves: scenario.measure.migration !== undefined,
    parallel: run.groups.length,
  });
  if (request.cutsPower === true) await requirePower(parties.flat());
  if (request.killsHosts === true) await requirePower(parties.flat(), { sharedKernel: true });
  const mark = randomToken();
  // Also what a run does from afar begins some programs here.
  ledger.enter({ kind: 'processes', mark });
  for (const host of hosts) {
    if (!isThisMachine(host)) ledger.enter(processesOf(host, mark));
    const domains = domainsOf(host, mark);
    if (domains !== undefined) ledger.enter(domains);
  }
  const environment = markEnvironment(mark);
  const consoles = createOwnedDirectory(ledger, join(tmpdir(), `vg-${mark}`)).path;
  const folders = new Map<string, string>();
  for (const [index, host] of hosts.entries()) {
    // Short: the path of a unix socket may have 107 bytes.
    const path = posix.join(host.runtime, `vg-${mark}-${index}`);
    folders.set(host.name, await ownedDirectoryOn(host, ledger, path));
  }
  const hotplugScripts = await lightScripts(parties.flat(), arms, ledger, mark);

  onStep('guest image');
  const images = await GuestImages.of(localShell, cache, scenario, arms);
  const files = new HostFiles(cache);
  for (const host of parties.flat()) {
    for (const image of images.all) {
      signal.throwIfAborted();
      await files.image(host, image);
    }
  }
  onStep('accelerator');
  const probeOf = (host: Host) => ({
    ...{ host, cache, environment, consoles, signal },
    runtime: folders.get(host.name) ?? '',
    network: probeNetwork(host, run.addresses),
  });
  const named = !run.onlyThisMachine;
  const accelerators = await chooseAccelerators(arms, parties.flat(), probeOf, named);
  const systemSize = (levels: Levels) => images.imageOf(levels).diskSize;
  request.beforeWriting?.(systemSize);
  onStep('storages');
  const beds = await prepareStorages({
    ...{ ledger, planned, arms, parties, files, environment, signal, data: dataBytes },
    source: (levels, data) => templateSource(localShell, cache, images.imageOf(levels), data),
    jobs: scenario.measure['guest-io']?.jobs ?? [],
  });

  const pulses = new StoragePulses(environment);
  const looked = sentinelsOn(scenario, planned, {
    groups: run.groups.length,
    onlyThisMachine: run.groups.every((group) => group.hosts.every(isThisMachine)),
  });
  const ground: TrialGround = {
    ...{ scenario, imageOf: images.imageOf, domainXml, hotplugScripts, accelerators, beds, files },
    ...{ addresses, environment, folders, consoles, controller: thisMachine(cache) },
    ...{ savedStates: new SavedStates(), pulses },
  };
  return {
    ...{ pulses, sentinels: new Sentinels({ looked, cache, environment, clock: monotonicClock }) },
    ledger,
    dataOffset: systemSize,
    environment: {
      accelerator: ofFirstArm(accelerators, arms),
      accelerators: accelerators.facts,
      versions: {
        ...(await hypervisorVersions(parties.flat(), arms)),
        ...(await emulatorVersions(parties.flat(), arms)),
        ...images.versions,
        ...(await hostFio((hosts[0] as Host).shell, scenario, 'fio on hosts')),
        ...domainVersion(domainXml),
      },
      ...(await savedStatesOn(parties.flat(), arms)),
      storages: { ...beds.facts },
      ...(!run.onlyThisMachine && { hosts: await hostFacts(request, hosts, texts) }),
    },
    trial(trial, { hosts: all }, levels) {
      const taken = request.wholeGroup ? all : all.slice(0, levels.hosts);
      return new TrialBed(ground, trial, taken, levels);
    },
  };
}

function plannedStorages(
  { scenario, arms, cache, needed, wholeGroup }: TestbedRequest,
  parties: readonly (readonly Host[])[],
): PlannedStorage[] {
  const hosts = parties.flat().map(({ name, storages, entry }) => ({
    ...{ name, storages },
    thisMachine: entry?.ssh === undefined,
  }));
  const planned = planStorages(scenario, storagesUsed(arms), hosts, cache);
  const laidOut = missingLayouts(planned, arms);
  if (laidOut.length > 0) throw new UserError(laidOut);
  if (wholeGroup && needed > 1) {
    const groups = parties.map((party) => party.map(({ name }) => name));
    const problems = requireSharedDisks(planned, arms, groups);
    if (problems.length > 0) throw new UserError(problems);
  }
  return planned;
}

/** The first address: nothing else runs yet. */
function probeNetwork(host: Host, [address]: readonly string[]): GuestSpec['network'] {
  if (isThisMachine(host)) return { kind: 'user' };
  const network = networkOn(host, { network: 'auto' });
  return network.kind === 'bridge' && address !== undefined ? { ...network, address } : network;
}

async function hostFacts(
  { arms, scenario, hosts: { standIn } }: TestbedRequest,
  hosts: readonly Host[],
  texts: ReadonlyMap<string, HostTexts>,
): Promise<Record<string, HostFacts>> {
  const facts = await Promise.all(
    hosts.map(async (host): Promise<[string, HostFacts]> => {
      const { name, shell, clock } = host;
      const { cpu, cpus, memory, kernel } = describeMachine(texts.get(name) as HostTexts);
      const versions = {
        ...(await hypervisorVersions([host], arms)),
        ...(await hostFio(shell, scenario, 'fio')),
      };
      const clockUncertainty = clock.uncertainty;
      return [
        name,
        {
          ...{ cpu, cpus, memory, kernel, versions, clockUncertainty },
          ...(standIn !== undefined && { standIn }),
          ...(host.emulated === true && { emulated: true }),
          ...(host.hypervisors && { hypervisors: [...host.hypervisors] }),
        },
      ];
    }),
  );
  return Object.fromEntries(facts);
}

/** fio's version on a host, if it runs there. */
async function hostFio(
  shell: Shell,
  scenario: Scenario,
  name: string,
): Promise<Record<string, string>> {
  const version = needsHostFio(scenario) ? await fioVersion(shell) : undefined;
  return version === undefined ? {} : { [name]: version };
}

/** How guests that are restored were saved, if there are any. */
async function savedStatesOn(
  hosts: readonly Host[],
  arms: readonly Levels[],
): Promise<Pick<Environment, 'savedStates'>> {
  const restored = arms.find(({ start }) => start === 'snapshot');
  if (restored === undefined) return {};
  const { states } = hypervisorNamed(restored.hypervisor);
  const how = states?.describe(await hypervisorVersions(hosts, [restored]));
  return how === undefined ? {} : { savedStates: how };
}

/** Of the hypervisors that the arms have, each as the first of the hosts has it on which it runs. */
async function hypervisorVersions(
  hosts: readonly Host[],
  arms: readonly Levels[],
): Promise<Record<string, string>> {
  const versions = await Promise.all(
    hypervisorsOf(arms).map(async (name) => {
      const host = hosts.find((each) => runs(each, name));
      return host === undefined ? {} : hypervisorNamed(name).versions(host.shell);
    }),
  );
  return Object.assign({}, ...versions) as Record<string, string>;
}

/** As runs of older versions have it, of whose arms all had the same. */
function ofFirstArm({ facts }: Accelerators, [first]: readonly Levels[]) {
  const used = first && facts[`${first.hypervisor}/${first.accelerator}`];
  if (used === undefined) throw new Error('a testbed without an arm');
  const { name, emulated, why } = used;
  return { name, emulated, why };
}

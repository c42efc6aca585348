import { posix } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { microImage } from '../../platform/guest/image/index.ts';
import {
  describeProbe,
  probeAccelerators,
  rememberedChoice,
  type AcceleratorChoice,
} from '../../platform/hypervisor/accelerator.ts';
import type { AcceleratorName, GuestSpec } from '../../platform/hypervisor/hypervisor.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import { createGuest } from '../../platform/operations/create.ts';
import type { Host } from '../../platform/remote/host.ts';
import { localShell } from '../../platform/remote/local.ts';
import { isThisMachine } from '../../platform/remote/this-machine.ts';
import { levelsSchema } from '../scenario/levels.ts';
import { guestSpec } from './guest-spec.ts';
import { HostFiles } from './hosts/host-files.ts';
import { readHostTexts } from './hosts/host-texts.ts';

export interface ProbeRequest {
  /** Where it is probed. */
  host: Host;
  /** Of the controller. */
  cache: string;
  /** The run's mark. */
  environment: Readonly<Record<string, string>>;
  /** Folder on the host for the guest that is booted. */
  runtime: string;
  /** Folder of the controller for what the guest's console says; by default `runtime`. */
  consoles?: string;
  /** How the guest is connected; by default by user networking, which works on this machine. */
  network?: GuestSpec['network'];
  /** Gives up. */
  signal?: AbortSignal;
}

/**
 * The accelerator for `auto`, and in words why: one that the hosts have in common.
 * @throws UserError if they have none
 */
export async function chooseAccelerator(
  probes: readonly ProbeRequest[],
): Promise<{ chosen: AcceleratorName; why: string }> {
  const choices = new Map<string, AcceleratorChoice>();
  // One after the other: hosts may share CPUs.
  for (const probe of probes) choices.set(probe.host.name, await probedAccelerator(probe));
  return commonAccelerator(choices);
}

/**
 * The one that all hosts would choose; else, of those that start a guest on all of them, the one
 * that is fastest where it is slowest: guests that move need the same everywhere.
 */
export function commonAccelerator(choices: ReadonlyMap<string, AcceleratorChoice>): {
  chosen: AcceleratorName;
  why: string;
} {
  const words = [...choices].map(([host, { probes }]) => ({
    host,
    text: probes.map((probe) => `${probe.name}: ${describeProbe(probe)}`).join('; '),
  }));
  const [first] = words;
  const same = words.every(({ text }) => text === first?.text);
  const why = same
    ? (first?.text ?? 'asked for')
    : words.map(({ host, text }) => `${host}: ${text}`).join(' | ');
  const wanted = new Set([...choices.values()].map(({ chosen }) => chosen));
  const [only] = wanted;
  if (only !== undefined && wanted.size === 1) return { chosen: only, why };
  const slowest = (name: AcceleratorName) => {
    const times = [...choices.values()].map(({ probes }) => {
      const probe = probes.find((each) => each.name === name);
      return probe?.state === 'booted' ? probe.bootTime : Infinity;
    });
    return Math.max(...times);
  };
  const [best = 'tcg'] = (['kvm', 'tcg'] as const).toSorted((a, b) => slowest(a) - slowest(b));
  if (slowest(best) === Infinity) {
    throw new UserError({
      message: `accelerator: expected one that starts guests on every host, found none (${why})`,
      remedy: 'Use hosts that are alike, or name the accelerator (fixed.accelerator).',
    });
  }
  return { chosen: best, why: `starts guests on every host; ${why}` };
}

/** Boots the micro guest under every accelerator, or remembers how that ended on that machine. */
export async function probedAccelerator(request: ProbeRequest): Promise<AcceleratorChoice> {
  const { host, cache, environment, runtime, consoles = runtime, signal } = request;
  const { shell, clock } = host;
  const image = await microImage(localShell, cache);
  const hypervisor = hypervisorNamed('qemu');
  const files = new HostFiles(cache);
  const boot = async (accelerator: AcceleratorName, over: AbortSignal) => {
    const directory = posix.join(runtime, `probe-${accelerator}`);
    await shell.run(['mkdir', '-p', '--', directory]);
    const levels = { ...levelsSchema.parse({}), storage: '' };
    const { guest } = await createGuest(
      { host, hypervisor },
      {
        spec: guestSpec({
          ...{ name: 'vg-probe', levels, directory, environment, accelerator },
          image: await files.image(host, image),
          network: request.network ?? { kind: 'user' },
          consoleLog: posix.join(consoles, `probe-${accelerator}-${host.name}.console`),
        }),
        template: { ...image.disk, path: await files.place(host, image.disk.path) },
        diskPath: posix.join(directory, 'disk.qcow2'),
        provisioning: { method: 'clone', durability: 'buffered' },
        bootTimeout: 120,
      },
      over,
    );
    await guest.destroy();
    await shell.run(['rm', '-rf', '--', directory]);
  };
  const { kernel, boot: bootId, uid, kvmRefusal } = await readHostTexts(shell);
  const versions = JSON.stringify(await hypervisor.versions(shell));
  // Hosts that share a kernel share its accelerators.
  const facts = [image.key, kernel, bootId, versions, String(uid), kvmRefusal];
  const refusal = () => Promise.resolve(kvmRefusal === '' ? undefined : kvmRefusal);
  const where = isThisMachine(host) ? undefined : host.name;
  return rememberedChoice(cache, facts, () =>
    probeAccelerators({ boot, now: () => clock.now(), kvmRefusal: refusal, where, signal }),
  );
}

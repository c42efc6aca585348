import { mkdir } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { microImage } from '../../platform/guest/image/index.ts';
import {
  describeProbe,
  probeAccelerators,
  rememberedChoice,
  type AcceleratorChoice,
} from '../../platform/hypervisor/accelerator.ts';
import type { AcceleratorName } from '../../platform/hypervisor/hypervisor.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import { createGuest } from '../../platform/operations/create.ts';
import type { Host } from '../../platform/remote/host.ts';
import { levelsSchema, type Levels } from '../scenario/levels.ts';
import { guestSpec } from './guest-spec.ts';

export interface AcceleratorRequest {
  /** Where it is probed. */
  host: Host;
  cache: string;
  arms: readonly Levels[];
  /** The run's mark. */
  environment: Readonly<Record<string, string>>;
  /** Folder for the guest that is booted. */
  runtime: string;
}

/** The accelerator for `auto`, and in words why; an accelerator that the arms name is not probed. */
export async function chooseAccelerator(
  request: AcceleratorRequest,
): Promise<{ chosen: AcceleratorName; why: string }> {
  const named = new Set(request.arms.map(({ accelerator }) => accelerator));
  if (!named.has('auto')) {
    const [first = 'tcg'] = [...named] as AcceleratorName[];
    return { chosen: first, why: 'asked for' };
  }
  const choice = await probedAccelerator(request);
  const why = choice.probes.map((probe) => `${probe.name}: ${describeProbe(probe)}`).join('; ');
  return { chosen: choice.chosen, why };
}

/** Boots the micro guest under every accelerator, or remembers how that ended. */
export async function probedAccelerator(
  request: Omit<AcceleratorRequest, 'arms'>,
): Promise<AcceleratorChoice> {
  const { host, cache, environment, runtime } = request;
  const { shell, clock } = host;
  const image = await microImage(shell, cache);
  const hypervisor = hypervisorNamed('qemu');
  const boot = async (accelerator: AcceleratorName, signal: AbortSignal) => {
    const directory = join(runtime, `probe-${accelerator}`);
    await mkdir(directory, { recursive: true });
    const levels = { ...levelsSchema.parse({}), storage: '' };
    const { guest } = await createGuest(
      { host, hypervisor },
      {
        spec: guestSpec({
          ...{ name: 'vg-probe', levels, image, directory, environment, accelerator },
          consoleLog: join(directory, 'console.log'),
        }),
        template: image.disk,
        diskPath: join(directory, 'disk.qcow2'),
        provisioning: { method: 'clone', durability: 'buffered' },
        bootTimeout: 120,
      },
      signal,
    );
    await guest.destroy();
  };
  const facts = [
    image.key,
    release(),
    readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'),
    JSON.stringify(await hypervisor.versions(shell)),
    String(process.getuid?.() ?? 0),
  ];
  return rememberedChoice(cache, facts, () => probeAccelerators(boot, () => clock.now()));
}

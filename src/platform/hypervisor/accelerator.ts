import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { contentKey } from '../guest/image/cache.ts';
import type { AcceleratorName } from './hypervisor.ts';

/** What became of one accelerator in the probe. Times in seconds. */
export type AcceleratorProbe =
  | { name: AcceleratorName; state: 'booted'; bootTime: number }
  | { name: AcceleratorName; state: 'too slow'; limit: number }
  | { name: AcceleratorName; state: 'failed'; reason: string }
  | { name: AcceleratorName; state: 'absent'; reason: string };

export interface AcceleratorChoice {
  chosen: AcceleratorName;
  probes: AcceleratorProbe[];
}

/** Boots a guest under an accelerator, to its service; rejects when `signal` aborts. */
export type BootGuest = (accelerator: AcceleratorName, signal: AbortSignal) => Promise<void>;

export interface AcceleratorsProbed {
  readonly boot: BootGuest;
  /** Seconds. */
  readonly now: () => number;
  /** Why KVM cannot be tried at all; undefined if it can. Default: whether this machine's device opens. */
  readonly kvmRefusal?: () => Promise<string | undefined>;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Name of the host, where it is another one. */
  readonly where?: string | undefined;
}

/**
 * Boots a guest under TCG, which works everywhere, and then under KVM if its device opens, with
 * the time that TCG took as the limit: a KVM that needs longer is no accelerator. A device that
 * opens says nothing: under nested virtualization without hardware help it can be 25 times slower.
 * @throws UserError if no accelerator starts a guest; the reason of the signal
 */
export async function probeAccelerators(probed: AcceleratorsProbed): Promise<AcceleratorChoice> {
  const { kvmRefusal = deviceRefusal, where } = probed;
  const tcg = await attempt('tcg', 120, probed);
  const limit = tcg.state === 'booted' ? tcg.bootTime : 60;
  const refusal = await kvmRefusal();
  const kvm: AcceleratorProbe =
    refusal === undefined
      ? await attempt('kvm', limit, probed)
      : { name: 'kvm', state: 'absent', reason: refusal };
  const probes = [kvm, tcg];
  const [fastest] = probes
    .filter((probe) => probe.state === 'booted')
    .sort((a, b) => a.bootTime - b.bootTime);
  if (fastest === undefined) {
    const why = probes.map((probe) => `${probe.name}: ${describeProbe(probe)}`).join('; ');
    throw new UserError({
      ...(where !== undefined && { where }),
      message: `expected an accelerator that starts a guest, found none (${why})`,
      remedy: 'Mend what QEMU says there; "virtgauge doctor" lists what a host lacks.',
    });
  }
  return { chosen: fastest.name, probes };
}

/**
 * The probe's answer from the cache, as long as the facts (kernel, boot, QEMU, guest) are the same. A
 * file that a killed process left half written counts for nothing.
 */
export async function rememberedChoice(
  cache: string,
  facts: readonly string[],
  probe: () => Promise<AcceleratorChoice>,
): Promise<AcceleratorChoice> {
  const name = `accelerator-${contentKey(...facts)}.json`;
  try {
    return JSON.parse(await readFile(join(cache, name), 'utf8')) as AcceleratorChoice;
  } catch {
    // Not probed yet.
  }
  const choice = await probe();
  await mkdir(cache, { recursive: true });
  // Not by the process's number: hosts of a lab share the cache, and each counts its own.
  const partial = join(cache, `.partial-${randomUUID()}-${name}`);
  await writeFile(partial, JSON.stringify(choice));
  await rename(partial, join(cache, name));
  return choice;
}

/** One line for a table: `micro guest up in 2.4 s`. */
export function describeProbe(probe: AcceleratorProbe): string {
  switch (probe.state) {
    case 'booted':
      return `micro guest up in ${probe.bootTime.toFixed(1)} s`;
    case 'too slow':
      return `opens, micro guest not up within ${probe.limit.toFixed(1)} s`;
    case 'failed':
    case 'absent':
      return probe.reason;
  }
}

async function attempt(
  name: AcceleratorName,
  limit: number,
  { boot, now, signal }: AcceleratorsProbed,
): Promise<AcceleratorProbe> {
  const start = now();
  const late = AbortSignal.timeout(Math.ceil(limit * 1000));
  try {
    await boot(name, signal === undefined ? late : AbortSignal.any([late, signal]));
    return { name, state: 'booted', bootTime: now() - start };
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted) return { name, state: 'too slow', limit };
    return { name, state: 'failed', reason: (error as Error).message };
  }
}

async function deviceRefusal(): Promise<string | undefined> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' ? '/dev/kvm may not be opened by this user' : 'no /dev/kvm';
  }
}

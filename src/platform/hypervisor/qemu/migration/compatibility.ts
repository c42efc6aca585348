import { z } from 'zod';
import { UserError } from '../../../../base/errors.ts';
import type { Host } from '../../../remote/host.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import type { MigrationMethod } from '../../migration.ts';

/**
 * Everything that the guest sees of its machine must be the same on both ends.
 * @throws UserError that names what differs
 */
export function expectSameMachine(source: GuestSpec, target: GuestSpec): void {
  const seen = (spec: GuestSpec): Record<string, string | number | boolean> => ({
    'machine type': spec.machine,
    'CPU model': spec.cpu,
    accelerator: spec.accelerator,
    'number of vCPUs': spec.vcpus,
    memory: spec.memory,
    'use of huge pages': spec.hugepages,
    'number of disk queues': spec.disk.queues,
    'number of disks': 1 + (spec.moreDisks?.length ?? 0),
    'use of a seed': spec.seed !== undefined,
    'kernel from outside': spec.kernel !== undefined,
    'use of UEFI': spec.firmware !== undefined,
    MAC: spec.mac,
  });
  const theirs = seen(target);
  const problems = Object.entries(seen(source))
    .filter(([what, value]) => theirs[what] !== value)
    .map(([what, value]) => ({
      message: `expected the same ${what} on both hosts, got ${String(value)} and ${String(theirs[what])}`,
      where: source.name,
      remedy: 'A guest keeps its machine when it moves: create it as it shall be on the target.',
    }));
  if (problems.length > 0) throw new UserError(problems);
}

/** @throws UserError if the method is none of QEMU's */
export function expectKnownMethod({ transport }: MigrationMethod): void {
  if (transport === 'direct') return;
  throw new UserError({
    message: `expected the transport direct, got ${transport}: QEMU itself knows no other`,
    remedy: 'Take the hypervisor libvirt for others.',
  });
}

/** Whether a CPU model is whatever the host and its QEMU can do. */
export function isHostsOwn(cpu: string): boolean {
  return ['max', 'host'].includes(cpu.split(',')[0] ?? '');
}

/**
 * `max` and `host` are whatever the host and its QEMU can do: they must be the same then.
 * @throws UserError if they are not
 */
export async function expectSameCpu(source: Host, target: Host, spec: GuestSpec): Promise<void> {
  if (!isHostsOwn(spec.cpu)) return;
  const [model] = spec.cpu.split(',');
  const remedy = 'Choose a CPU model that both have, such as qemu64 or kvm64.';
  const where = spec.name;
  const [ours, theirs] = await Promise.all([describe(source, spec), describe(target, spec)]);
  if (ours.version !== theirs.version) {
    throw new UserError({
      message: `expected the same QEMU on both hosts for the CPU model ${model}, got ${ours.version} on ${source.name} and ${theirs.version} on ${target.name}`,
      where,
      remedy,
    });
  }
  // An emulated CPU is made by QEMU alone.
  if (spec.accelerator === 'tcg' || ours.boot === theirs.boot || ours.cpu === theirs.cpu) return;
  // Kernels of different versions tell different flags of one CPU: what counts is what QEMU makes of it.
  if (ours.model === theirs.model) {
    const [mine, other] = await Promise.all([expanded(source, spec), expanded(target, spec)]);
    if (mine !== undefined && mine === other) return;
  }
  throw new UserError({
    message: `expected the same CPU on both hosts for the CPU model ${model}, got ${ours.model} on ${source.name} and ${theirs.model} on ${target.name}${ours.model === theirs.model ? ' with other flags' : ''}`,
    where,
    remedy,
  });
}

/** The flags of the CPU that a guest would get, by QEMU itself; undefined where it does not tell. */
async function expanded(
  { shell }: Host,
  { cpu, emulator = 'qemu-system-x86_64' }: GuestSpec,
): Promise<string | undefined> {
  const [name] = cpu.split(',');
  const model = {
    execute: 'query-cpu-model-expansion',
    arguments: { type: 'full', model: { name } },
  };
  const words = [{ execute: 'qmp_capabilities' }, model, { execute: 'quit' }];
  const options = ['-S', '-no-user-config', '-nodefaults', '-display', 'none', '-qmp', 'stdio'];
  try {
    const { stdout } = await shell.run([emulator, ...options, '-machine', 'none,accel=kvm'], {
      ...{ timeout: 60, input: words.map((word) => `${JSON.stringify(word)}\n`).join('') },
    });
    for (const line of stdout.split('\n').filter(Boolean)) {
      const answer = answerSchema.safeParse(JSON.parse(line));
      if (!answer.success) continue;
      return JSON.stringify(Object.entries(answer.data.return.model.props).sort());
    }
  } catch {
    // An older one, or one without KVM.
  }
  return undefined;
}

const answerSchema = z.object({
  return: z.object({ model: z.object({ props: z.record(z.string(), z.unknown()) }) }),
});

async function describe({ shell }: Host, { emulator = 'qemu-system-x86_64' }: GuestSpec) {
  const [version, cpuinfo, boot] = await Promise.all([
    shell.run([emulator, '--version'], { timeout: 30 }),
    shell.readFile('/proc/cpuinfo'),
    shell.readFile('/proc/sys/kernel/random/boot_id'),
  ]);
  const field = (name: string) =>
    new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo.toString())?.[1]?.trim() ?? 'unknown';
  const model = field('model name');
  const flags = field('flags').split(' ').sort().join(' ');
  return {
    version: /version (\S+)/.exec(version.stdout)?.[1] ?? 'unknown',
    model,
    cpu: `${model} ${flags}`,
    boot: boot.toString().trim(),
  };
}

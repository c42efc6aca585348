import { createHash } from 'node:crypto';
import type { Shell } from '../../remote/shell.ts';
import { runScriptInHost } from './host.ts';
import type { LabPlan } from './plan.ts';

/** Starts a libvirtd on every host of a lab; resolves when all of them answer. */
export async function startLibvirt(
  shell: Shell,
  plan: LabPlan,
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(
    plan.hosts.map((host) =>
      runScriptInHost(shell, host, ['libvirt.sh', hostUuid(plan, host.name)], signal),
    ),
  );
}

/** Hosts of one machine would otherwise have one identity, and refuse to migrate to "themselves". */
export function hostUuid({ token }: LabPlan, host: string): string {
  const digits = createHash('sha256').update(`${token} ${host}`).digest('hex');
  return [8, 4, 4, 4, 12]
    .reduce<{ parts: string[]; at: number }>(
      ({ parts, at }, length) => ({
        parts: [...parts, digits.slice(at, at + length)],
        at: at + length,
      }),
      { parts: [], at: 0 },
    )
    .parts.join('-');
}

import { UserError } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/units.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import type { GuestSpec } from '../hypervisor.ts';
import { xenInfo } from './versions.ts';
import { xlWords } from './xl.ts';

/**
 * What a user can do about a guest that xl did not start; in xl's words where nothing is known of it.
 * @param cause what running xl threw
 */
export async function whyNotStarted(
  shell: Shell,
  spec: Pick<GuestSpec, 'memory' | 'accelerator'>,
  cause: unknown,
): Promise<Error> {
  if (!(cause instanceof CommandError)) return cause as Error;
  const { host, stderr } = cause;
  const fail = (message: string, remedy: string) => new UserError({ message, remedy }, { cause });
  const bridge = /Could not find bridge device (\S+)/.exec(stderr)?.[1];
  if (bridge !== undefined) {
    return fail(
      `network: expected a bridge called ${bridge} on ${host}, found none`,
      `As root there: ip link add ${bridge} type bridge && ip link set ${bridge} up`,
    );
  }
  if (/Cannot allocate memory|Out of memory|failed to free memory/.test(stderr)) {
    const free = await freeMemory(shell);
    return fail(
      `memory: expected ${formatBytes(spec.memory)} and a little more for the guest, Xen on ${host} has ${free}`,
      'Use smaller or fewer guests (memory, guests), or give dom0 less (dom0_mem= in the boot menu).',
    );
  }
  const model = /device model (\S+) is not executable/.exec(stderr)?.[1];
  if (model !== undefined) {
    return fail(
      `expected QEMU on ${host} for this guest's disk, found no ${model}`,
      'On Debian: sudo apt-get install qemu-system-xen; or use format: raw, which needs none.',
    );
  }
  const info =
    spec.accelerator === 'xen-pv' ? undefined : await xenInfo(shell).catch(() => undefined);
  if (info?.capabilities?.includes('hvm') === false) {
    return fail(
      `accelerator: expected a processor with VT-x or AMD-V on ${host} for ${spec.accelerator}, Xen sees none`,
      'Switch it on in the firmware, or use accelerator: xen-pv.',
    );
  }
  const late = cause.code === undefined && stderr === '';
  const words = late ? cause.message : xlWords(cause);
  return new Error(`Xen did not start it: ${words}`, { cause });
}

async function freeMemory(shell: Shell): Promise<string> {
  const info = await xenInfo(shell).catch(() => undefined);
  return info?.freeMemory === undefined ? 'less' : `${formatBytes(info.freeMemory)} free`;
}

import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { libvirtWords, virsh } from './virsh.ts';

/** The first that knows <qemu:override>, which the guest agent's channel needs. */
const oldest = [8, 2] as const;

/**
 * virsh, libvirtd, and the QEMU that libvirtd runs.
 * @throws UserError if libvirtd does not answer or is too old
 */
export async function versions(shell: Shell): Promise<Record<string, string>> {
  const remedy = 'Start libvirtd (or virtqemud) there, as a user who may use qemu:///system.';
  const text = await virsh(shell, ['version', '--daemon']).catch((cause: unknown) => {
    const message = `expected libvirtd to answer on ${shell.host}: ${libvirtWords(cause)}`;
    throw new UserError({ message, remedy }, { cause });
  });
  const found = parseVersions(text);
  const [major = 0, minor = 0] = (found.libvirtd ?? '').split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new UserError({
      message: `expected libvirt ${oldest.join('.')} or newer on ${shell.host}, found ${found.libvirtd}`,
      remedy: 'Install a newer one there, or use the hypervisor qemu.',
    });
  }
  return found;
}

/** Reads what `virsh version --daemon` prints. */
export function parseVersions(text: string): Record<string, string> {
  const after = (words: string) =>
    new RegExp(`^${words}.*?(\\d+(?:\\.\\d+)+)`, 'm').exec(text)?.[1] ?? 'unknown';
  return {
    virsh: after('Using library'),
    libvirtd: after('Running against daemon'),
    qemu: after('Running hypervisor'),
  };
}

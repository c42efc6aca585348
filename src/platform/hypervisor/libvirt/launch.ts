import { join } from 'node:path';
import { CommandError } from '../../remote/shell.ts';
import type { Host } from '../../remote/host.ts';
import type { Guest, GuestSpec, Hypervisor } from '../hypervisor.ts';
import { domainFromTemplate } from './domain/adapt-domain.ts';
import { domainName } from './domain/domain-name.ts';
import { domainXml } from './domain/domain-xml.ts';
import { attach, listenTo } from './guest.ts';
import { libvirtWords, virsh } from './virsh.ts';

/** Seconds: libvirt starts QEMU twice where it does not know it yet, to ask what it can. */
const createLimit = 60;

/**
 * Starts a guest with its CPUs held. It is transient: libvirt forgets it when it ends. Its XML stays
 * in the guest's directory.
 * @throws UserError if its name is none or its XML cannot be used; Error with libvirt's own words
 */
export async function launch(hypervisor: Hypervisor, host: Host, spec: GuestSpec): Promise<Guest> {
  const { shell } = host;
  const name = domainName(spec);
  const xml =
    spec.domainXml === undefined ? domainXml(spec) : domainFromTemplate(spec.domainXml, spec);
  const path = join(spec.directory, 'domain.xml');
  await shell.writeFile(path, xml);
  const ear = await listenTo(host, spec);
  try {
    await virsh(shell, ['create', '--paused', '--file', path], { timeout: createLimit });
    return await attach(hypervisor, host, spec, ear);
  } catch (cause) {
    await ear.stop();
    // Also one that came up after virsh was given up.
    await virsh(shell, ['destroy', name]).catch(() => undefined);
    throw new Error(whyNotStarted(cause), { cause });
  }
}

function whyNotStarted(cause: unknown): string {
  const words = libvirtWords(cause);
  const hint =
    cause instanceof CommandError && /permission denied/i.test(words)
      ? ' (libvirt runs QEMU as a user of its own: "user" in /etc/libvirt/qemu.conf)'
      : '';
  return `libvirt did not start it: ${words}${hint}`;
}

import { adopt } from '../../../../platform/hypervisor/libvirt/adopt.ts';
import { domainName } from '../../../../platform/hypervisor/libvirt/domain/domain-name.ts';
import { libvirt } from '../../../../platform/hypervisor/libvirt/libvirt.ts';
import { isAbsent, virsh } from '../../../../platform/hypervisor/libvirt/virsh.ts';
import type { Ground } from '../ground.ts';
import type { LocalHypervisor } from './local-hypervisor.ts';
import { ofProcesses } from './processes.ts';

/** Guests are domains of this host's libvirtd, which knows them while no agent runs. */
export function localLibvirt(ground: Ground): LocalHypervisor {
  const processes = ofProcesses(ground);
  const { shell } = ground.host;
  return {
    backend: libvirt,
    ...processes,
    find: ({ spec }) => adopt(libvirt, ground.host, spec),
    async end(file) {
      try {
        await virsh(shell, ['destroy', domainName(file.spec)]);
      } catch (error) {
        // A process whose libvirtd does not answer is ended below.
        if (!isAbsent(error) && file.process === undefined) throw error;
      }
      await processes.end(file);
    },
    moves: { impossible: 'agents do not move guests of libvirt yet' },
  };
}

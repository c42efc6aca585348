import { join } from 'node:path';
import { adopt } from '../../../../platform/hypervisor/libvirt/adopt.ts';
import { domainName } from '../../../../platform/hypervisor/libvirt/domain/domain-name.ts';
import { libvirt } from '../../../../platform/hypervisor/libvirt/libvirt.ts';
import { domainState, isAbsent, virsh } from '../../../../platform/hypervisor/libvirt/virsh.ts';
import type { Ground } from '../ground.ts';
import { Arrival } from '../moves/arrival.ts';
import { forward } from '../moves/forward.ts';
import { sendByTool, type Passage } from '../moves/send-by-tool.ts';
import { send, type Move } from '../moves/send.ts';
import { toolReception } from '../moves/tool-reception.ts';
import type { LocalHypervisor } from './local-hypervisor.ts';
import { ofProcesses } from './processes.ts';

/** Guests are domains of this host's libvirtd, which knows them while no agent runs. */
export function localLibvirt(ground: Ground): LocalHypervisor {
  const processes = ofProcesses(ground);
  const { shell } = ground.host;
  const lives = async (spec: Parameters<typeof domainName>[0]) =>
    (await domainState(shell, domainName(spec))) === 'running';
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
    async takenOver({ spec }) {
      // Refused where nothing is under way.
      await virsh(shell, ['domjobabort', domainName(spec)]).catch(() => undefined);
    },
    moves: {
      receive: (...all) => Arrival.await(...all, (arrival) => toolReception(arrival, { lives })),
      send: (sending) => send(sending, (move) => sendByTool(move, { open: toLibvirtd })),
    },
  };
}

/** Sockets of libvirtd: of the one daemon, and of the one for QEMU alone. */
const sockets = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'] as const;

/** libvirtd of the other host, by a socket of this one. */
async function toLibvirtd({ guest, other }: Move): Promise<Passage> {
  const path = join(guest.spec.directory, 'libvirtd.sock');
  const close = await forward(path, async () => {
    const [socket, ofQemu] = sockets;
    const joined = other.join({ ask: 'reach', path: socket });
    return (await joined.catch(() => other.join({ ask: 'reach', path: ofQemu }))).stream;
  });
  return { host: { libvirtUri: `qemu+unix:///system?socket=${path}` }, close };
}

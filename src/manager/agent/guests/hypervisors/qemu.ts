import { adopt } from '../../../../platform/hypervisor/qemu/adopt.ts';
import { monitorOf } from '../../../../platform/hypervisor/qemu/monitor.ts';
import { qemu } from '../../../../platform/hypervisor/qemu/qemu.ts';
import type { Ground } from '../ground.ts';
import { Arrival } from '../moves/arrival.ts';
import { qemuReception } from '../moves/qemu-reception.ts';
import { sendByMonitors } from '../moves/send-by-monitors.ts';
import { send } from '../moves/send.ts';
import type { LocalHypervisor } from './local-hypervisor.ts';
import { ofProcesses, processOf } from './processes.ts';

/** Guests are processes of our own, driven by their monitors. */
export function localQemu(ground: Ground): LocalHypervisor {
  const processes = ofProcesses(ground);
  return {
    backend: qemu,
    ...processes,
    endHalf: processes.end,
    async find(file) {
      const process = processOf(ground, file);
      return process && (await adopt(qemu, ground.host, file.spec, process));
    },
    async takenOver(guest) {
      await monitorOf(guest).execute('migrate_cancel', {});
    },
    moves: {
      receive: (...all) => Arrival.await(...all, qemuReception),
      send: (sending) => send(sending, sendByMonitors),
    },
  };
}

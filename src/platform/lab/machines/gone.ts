import type { MachinesRecord } from '../lab-record.ts';
import { whyGone } from './process.ts';

/** The machines of a lab that run no more, with the reason and the end of their consoles. */
export function goneMachines(lab: MachinesRecord): { host: string; reason: string }[] {
  return lab.hosts.flatMap((host) => {
    const reason = whyGone(lab, host);
    return reason === undefined ? [] : { host: host.name, reason };
  });
}

import { namespacesOf } from '../../../platform/lab/namespaces-of.ts';
import { powerOf } from '../../../platform/power/power.ts';
import { connectHost } from '../../../platform/remote/connect-host.ts';
import type { HostEntry } from '../../../platform/remote/inventory/schema.ts';
import { endGuestsOn } from '../../agent/guests/end-guests.ts';
import type { Fence } from '../master.ts';

/** Seconds for a host to be reached and looked at. */
const patience = 60;

/**
 * Fences hosts as an inventory says how they are reached. One whose power can be cut loses it: that the
 * command ended well is the proof, as with fence agents. Any other is looked at over ssh, past its agent:
 * its guests are ended, and the proof is that a second look finds none. Its agent, which
 * has no answer from the master, starts none. A host that is not reached so proves nothing.
 */
export function fenceBy(hosts: readonly HostEntry[], cluster: string): Fence {
  return async (name, signal) => {
    const entry = hosts.find((each) => each.name === name);
    if (entry === undefined) throw new Error(`the inventory has no host ${name}`);
    if (entry.power !== undefined) {
      await (await powerOf(entry)).cut();
      return `its power is off: ${entry.power.off}`;
    }
    if (entry.lab !== undefined && namespacesOf(entry.lab) !== undefined) {
      await (await powerOf(entry, { sharedKernel: true })).cut();
      return `all its processes have ended: it is of lab ${entry.lab.name}`;
    }
    if (entry.ssh === undefined) throw new Error(`the inventory has no way in to ${name}`);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patience * 1000)]);
    const { shell } = await connectHost(entry, limit);
    try {
      await endGuestsOn(shell, cluster, name);
      return 'none of its guests is left, as seen over ssh';
    } finally {
      await shell.close();
    }
  };
}

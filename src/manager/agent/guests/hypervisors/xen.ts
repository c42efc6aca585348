import { createHash } from 'node:crypto';
import { adopt } from '../../../../platform/hypervisor/xen/adopt.ts';
import {
  endIncoming,
  goOn,
  nameAgain,
  runsOn,
} from '../../../../platform/hypervisor/xen/migration/remains.ts';
import { xen } from '../../../../platform/hypervisor/xen/xen.ts';
import { markEnvironment } from '../../../../platform/ledger/kinds/marked-processes.ts';
import { markSchema } from '../../../../platform/ledger/kinds/processes.ts';
import { randomToken } from '../../../../platform/ledger/ledger.ts';
import { proveEnded } from '../../../../platform/operations/prove-ended.ts';
import type { Ground } from '../ground.ts';
import { Arrival } from '../moves/arrival.ts';
import { sendByTool } from '../moves/send-by-tool.ts';
import { send } from '../moves/send.ts';
import { toolReception, type Landing } from '../moves/tool-reception.ts';
import type { LocalHypervisor } from './local-hypervisor.ts';
import { toXen } from './xen-passage.ts';

/**
 * A new mark for the guests of a Xen host. Its beginning, by which domains are named, follows from the
 * cluster: whoever fences the host finds them by it. The rest is secret, as the guests' agents need.
 */
export function domainMark(cluster: string): string {
  return beginningOfMark(cluster) + randomToken();
}

/** What `destroyDomains` finds a cluster's domains by. */
export function beginningOfMark(cluster: string): string {
  return createHash('sha256').update(`domains of ${cluster}`).digest('hex').slice(0, 8);
}

/** Guests are domains, which Xen knows while no agent runs. */
export function localXen(ground: Ground): LocalHypervisor {
  const { host } = ground;
  const find: LocalHypervisor['find'] = async ({ spec, state }) => {
    if (state === 'running') await nameAgain(host.shell, spec);
    return adopt(xen, host, spec);
  };
  const landing: Landing = {
    lives: (spec) => runsOn(host.shell, spec),
    // Who has the guest has to know what its agent knows.
    environment: (own, mark) => ({ ...own, ...markEnvironment(expectOurs(ground, mark)) }),
  };
  return {
    backend: xen,
    find,
    lives: (_, guest) => guest.exists(),
    async end(file) {
      const guest = await find(file);
      const doubt = guest && (await proveEnded(guest));
      if (doubt !== undefined) throw new Error(`${file.name} did not end: ${doubt}`);
    },
    resume: goOn,
    endHalf: ({ spec }) => endIncoming(host.shell, spec),
    moves: {
      receive: (...all) => Arrival.await(...all, (arrival) => toolReception(arrival, landing)),
      send: (sending) =>
        // Xen knows no other way; what it does to reach its end it decides itself.
        send(sending, (move) => sendByTool(move, { method: { autoConverge: false }, open: toXen })),
    },
  };
}

/** @throws Error if a mark is none of this cluster's domains */
function expectOurs({ options: { cluster } }: Ground, mark: string): string {
  if (mark.startsWith(beginningOfMark(cluster)) && markSchema.safeParse(mark).success) return mark;
  throw new Error('the mark of the guest is none of this cluster');
}

import { createHash } from 'node:crypto';
import { adopt } from '../../../../platform/hypervisor/xen/adopt.ts';
import { xen } from '../../../../platform/hypervisor/xen/xen.ts';
import { randomToken } from '../../../../platform/ledger/ledger.ts';
import { proveEnded } from '../../../../platform/operations/prove-ended.ts';
import type { Ground } from '../ground.ts';
import type { LocalHypervisor } from './local-hypervisor.ts';

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
  const find: LocalHypervisor['find'] = ({ spec }) => adopt(xen, ground.host, spec);
  return {
    backend: xen,
    find,
    lives: (_, guest) => guest.exists(),
    async end(file) {
      const guest = await find(file);
      const doubt = guest && (await proveEnded(guest));
      if (doubt !== undefined) throw new Error(`${file.name} did not end: ${doubt}`);
    },
    moves: {
      impossible: 'agents do not move guests of Xen: `xl migrate` would need a login between hosts',
    },
  };
}

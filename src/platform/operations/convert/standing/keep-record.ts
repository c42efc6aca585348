import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import type { BootPath } from '../boot-path/boot-path.ts';
import type { ConversionMethod, OnConversionEvent } from '../conversion.ts';
import type { ConversionRequest } from '../request.ts';
import { recordCommitted, writeRecord } from './record.ts';

/** What a conversion has made of its request, before anything is cut over. */
export interface Prepared {
  method: ConversionMethod;
  /** How what takes the machine over is reached. */
  vmm: HostEntry;
  path: BootPath;
  guest?: GuestSpec;
  targetGuest: GuestSpec;
}

/** Keeps what a later process needs to find both ends of a conversion, in the folder of its work. */
export function keepRecord(
  { source, target, facts, work }: ConversionRequest,
  { method, vmm, path, guest, targetGuest }: Prepared,
): void {
  const { entry: from } = source;
  const { entry: to } = target.host;
  if (from === undefined || to === undefined) throw new Error('hosts that no inventory names');
  writeRecord(work, {
    ...{ version: 2, method, source: from, vmm, bootPath: path },
    diskBytes: facts.disks[0].bytes,
    ...(guest && { guest: recorded(guest) }),
    target: { host: to, guest: recorded(targetGuest) },
  });
}

/** Keeps that everything was handed over as soon as it was, and passes all events on. */
export function keepingCommit(work: string, onEvent: OnConversionEvent): OnConversionEvent {
  return (event) => {
    if (event.event === 'committed') {
      try {
        recordCommitted(work, true);
      } catch {
        // Without it a look at both ends tells as well, as long as the source answers.
      }
    }
    onEvent(event);
  };
}

function recorded({ pin, environment, moreDisks, ...spec }: GuestSpec) {
  return {
    ...{ ...spec, pin: [...pin], environment: { ...environment } },
    ...(moreDisks && { moreDisks: [...moreDisks] }),
  };
}

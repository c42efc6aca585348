import { GuestRefused } from '../../hotplug.ts';
import type { Qmp, QmpEvent } from '../qmp.ts';

/** Seconds that a guest gets to let a device go. */
const patience = 20;

/** What the events that name a device say of it: gone, kept by the guest, or nothing yet. */
export function unplugOutcome(
  { event, data }: Pick<QmpEvent, 'event' | 'data'>,
  id: string,
): 'gone' | 'kept' | undefined {
  if (data.device !== id) return undefined;
  if (event === 'DEVICE_DELETED') return 'gone';
  if (event === 'DEVICE_UNPLUG_GUEST_ERROR' || event === 'MEM_UNPLUG_ERROR') return 'kept';
  return undefined;
}

/**
 * Takes a device away; resolves when the guest has let it go.
 * @throws GuestRefused if it says no, or does nothing for 20 s; QmpError if QEMU does not ask it
 */
export async function unplug(qmp: Qmp, id: string): Promise<void> {
  let settle: (outcome: 'gone' | 'kept' | 'silent') => void = () => undefined;
  const outcome = new Promise<'gone' | 'kept' | 'silent'>((resolve) => (settle = resolve));
  const stop = qmp.onEvent((event) => {
    const said = unplugOutcome(event, id);
    if (said !== undefined) settle(said);
  });
  const timer = setTimeout(() => settle('silent'), patience * 1000);
  try {
    await qmp.execute('device_del', { id });
    const said = await outcome;
    if (said === 'gone') return;
    const how = said === 'kept' ? 'refused' : `did nothing within ${patience} s`;
    throw new GuestRefused(`the guest was asked to let ${id} go, and ${how}`);
  } finally {
    clearTimeout(timer);
    stop();
  }
}

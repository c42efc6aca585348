/** What QEMU said unasked, as `virsh qemu-monitor-event` prints it. */
export interface MonitorEvent {
  /** libvirt's name of the guest. */
  domain: string;
  event: string;
  data: Readonly<Record<string, unknown>>;
  /** QEMU's own stamp: seconds since 1970, to the microsecond. */
  wall: number;
}

/** Reads a line; undefined if it is none of an event. */
export function parseMonitorEvent(line: string): MonitorEvent | undefined {
  const match = /^event (\S+) at (\d+\.\d+) for domain '?(.*?)'?: (.*)$/.exec(line);
  if (!match) return undefined;
  const [, event = '', wall, domain = '', details = ''] = match;
  return { domain, event, data: parseDetails(details), wall: Number(wall) };
}

function parseDetails(text: string): MonitorEvent['data'] {
  try {
    const details: unknown = JSON.parse(text);
    if (typeof details === 'object' && details !== null) return details as MonitorEvent['data'];
  } catch {
    // `<null>`: the event says nothing more.
  }
  return {};
}

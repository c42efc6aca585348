import { formatBitRate } from '../../../base/bit-rate.ts';
import { formatBytes } from '../../../base/units.ts';
import type { Host } from '../../../platform/remote/host.ts';

/** What a host had received at a moment, as its kernel counts. */
export interface Received {
  /** Bytes since its interface is there. */
  bytes: number;
  /** Seconds on our clock. */
  at: number;
}

const script = `
device=$(ip -o route get "$1" | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')
cat "/sys/class/net/$device/statistics/rx_bytes"`;

/** Reads the counter of the interface by which a host reaches an address; a bridge counts what is for the host. */
export async function receivedFrom(host: Host, address: string): Promise<Received> {
  const { stdout } = await host.shell.run(['sh', '-ec', script, 'sh', address], { timeout: 30 });
  return { bytes: Number(stdout), at: host.clock.now() };
}

/** Beyond what a link carries: its bucket, which is full at first, and the error of our clock. */
const tolerance = { share: 0.02, bytes: 2 ** 20 };

/**
 * Bytes that came between two moments.
 * @param linkRate bytes a second of the link that they came by
 * @throws Error if that is more than it can carry: its cap did not hold
 */
export function transferred(before: Received, after: Received, linkRate: number): number {
  const bytes = after.bytes - before.bytes;
  const seconds = after.at - before.at;
  if (bytes > linkRate * seconds * (1 + tolerance.share) + tolerance.bytes) {
    const came = `${formatBytes(bytes)} came in ${seconds.toFixed(1)} s`;
    throw new Error(`${came} by a link of ${formatBitRate(linkRate)}: its cap did not hold`);
  }
  return bytes;
}

import type { Host } from '../../../platform/remote/host.ts';
import type { Shell } from '../../../platform/remote/shell.ts';
import { startRecorder } from '../recorder.ts';
import { parsePcap, type Capture } from './pcap.ts';
import { canonicalAddress, expectLinkType, type Endpoint } from './udp.ts';

/** Headers of Ethernet with a VLAN tag, IPv6 and UDP, and the longest answer of the service. */
const kept = 192;
/** Kibibytes for packets that tcpdump has not yet read: a second of them at 1 kHz. */
const room = 4096;
/** Seconds for what is under way when a capture is ended. */
const patience = 5;

/** A capture that has ended. */
export interface CaptureResult {
  capture: Capture;
  /** The file as tcpdump wrote it. */
  file: Buffer;
  /** Packets that the kernel could not keep for it. */
  dropped: number;
}

export interface RunningCapture {
  readonly interface: string;
  /** @throws Error if it left no readable file */
  stop(): Promise<CaptureResult>;
}

/**
 * Starts tcpdump on the interface through which the host reaches these UDP ports, and waits until it
 * captures. Undefined where it cannot be: not root, no tcpdump, no route.
 * @param program `vg-host` on the host: ends tcpdump if we are gone
 */
export async function startCapture(
  host: Host,
  program: string,
  name: string,
  targets: readonly Endpoint[],
  environment: Readonly<Record<string, string>>,
): Promise<RunningCapture | undefined> {
  try {
    const recorder = await startRecorder(
      host,
      [program, 'guard', '--', ...tcpdump(name, targets)],
      environment,
      // It writes the header of the file once it captures.
      (output) => output.length >= 24,
    );
    return {
      interface: name,
      async stop() {
        const { output, ended } = await recorder.stop(patience);
        const capture = parsePcap(output);
        expectLinkType(capture.linkType);
        return { capture, file: output, dropped: droppedOf(ended.stderr) };
      },
    };
  } catch {
    return undefined;
  }
}

/** @returns the name of the interface; undefined if the host has no route, or no `ip` */
export async function interfaceTo(shell: Shell, address: string): Promise<string | undefined> {
  const [bare = '', zone] = address.split('%');
  if (zone !== undefined) return zone;
  try {
    const { stdout } = await shell.run(['ip', '-o', 'route', 'get', bare], { timeout: patience });
    return /\bdev (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

// prettier-ignore
function tcpdump(name: string, targets: readonly Endpoint[]): string[] {
  return [
    // It stays root, else the end of its parent would no longer end it.
    'tcpdump', '-Z', 'root', '-n', '-p', '-i', name,
    // Each packet is read as it comes: none waits in a block that the end would throw away.
    '-s', String(kept), '-B', String(room), '--immediate-mode', '-U',
    '--time-stamp-precision=nano', '-w', '-',
    filterOf(targets),
  ];
}

/** In pcap-filter(7). */
export function filterOf(targets: readonly Endpoint[]): string {
  const each = targets.map(({ host, port }) => `(host ${canonicalAddress(host)} and port ${port})`);
  return `udp and (${each.join(' or ')})`;
}

/** From what tcpdump says at its end. */
export function droppedOf(stderr: string): number {
  const counts = [...stderr.matchAll(/^(\d+) packets? dropped by (?:kernel|interface)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

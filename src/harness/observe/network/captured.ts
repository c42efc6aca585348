import type { Capture } from '../capture/pcap.ts';
import { canonicalAddress, datagramOf, type Endpoint } from '../capture/udp.ts';
import type { RecordedAnswer } from './recording.ts';

/** What a capture saw of a probe; stamps in seconds since 1970, by the wall clock of the host. */
export interface CapturedProbe {
  /** When each request was seen first, one for each target, by its number. */
  requests: Map<number, number>[];
  /** The first of each number from each target. */
  answers: RecordedAnswer[];
}

const requestText = /^VG1 (\d+)\n?$/;
const answerText = /^VG1 (\d+) ([0-9a-f]{16}) (\d+) (\d+)\n?$/;

/**
 * Finds a probe's requests and answers among what was captured: others may ask the same service.
 * @param targets whom it asked
 * @param ports from which port of the host it asked each
 */
export function capturedProbe(
  captures: readonly Capture[],
  targets: readonly Endpoint[],
  ports: readonly number[],
): CapturedProbe {
  const flows = new Map(
    targets.map(({ host, port }, i) => [
      flowOf({ host: canonicalAddress(host), port }, ports[i]),
      i,
    ]),
  );
  const requests = targets.map(() => new Map<number, number>());
  const answered = targets.map(() => new Map<number, RecordedAnswer>());
  for (const { linkType, packets } of captures) {
    for (const { at, data } of packets) {
      const datagram = datagramOf(linkType, data);
      if (datagram === undefined) continue;
      const { source, destination, payload } = datagram;
      const text = payload.toString('latin1');
      const asked = requests[flows.get(flowOf(destination, source.port)) ?? -1];
      if (asked !== undefined) {
        const sequence = Number(requestText.exec(text)?.[1]);
        if (sequence >= 0) keepFirst(asked, sequence, at, (time) => time);
      }
      const target = flows.get(flowOf(source, destination.port)) ?? -1;
      const answer = answered[target];
      if (answer !== undefined) {
        const found = answerOf(text, target, at);
        if (found !== undefined) keepFirst(answer, found.sequence, found, (each) => each.at);
      }
    }
  }
  return { requests, answers: answered.flatMap((each) => [...each.values()]) };
}

function flowOf({ host, port }: Endpoint, ownPort: number | undefined): string {
  return `${host} ${port} ${ownPort}`;
}

function answerOf(text: string, target: number, at: number): RecordedAnswer | undefined {
  const match = answerText.exec(text);
  if (match === null) return undefined;
  const [, sequence, instance = '', guestMonotonic, guestWall] = match;
  return {
    ...{ sequence: Number(sequence), target, at, instance },
    ...{ guestMonotonic: Number(guestMonotonic), guestWall: Number(guestWall) },
  };
}

function keepFirst<Value>(
  values: Map<number, Value>,
  key: number,
  value: Value,
  at: (value: Value) => number,
): void {
  const known = values.get(key);
  if (known === undefined || at(value) < at(known)) values.set(key, value);
}

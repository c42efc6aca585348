/** An answer as `vg-host http` recorded it; times in nanoseconds since request 0 was due. */
export interface RecordedResponse {
  sequence: number;
  /** Index of the target that gave it. */
  target: number;
  sentAt: number;
  connectedAt: number;
  firstByteAt: number;
  completeAt: number;
  status: number;
  instance: string;
}

/** A request that got no answer from one target. */
export interface RecordedFailure {
  sequence: number;
  target: number;
  /** `timeout`, `closed`, `wrong-answer`, `not-http`, or the name of an errno. */
  reason: string;
}

/** What `vg-host http` wrote. */
export interface LoadRecording {
  /** Wall clock of the host when request 0 was due, in seconds since 1970. */
  origin: number;
  /** Requests a second. */
  rate: number;
  /** Seconds from when a request was due. */
  timeout: number;
  /** How many numbers were due. */
  requests: number;
  responses: RecordedResponse[];
  failures: RecordedFailure[];
  /** Whether it came to its end; if not, its last records are missing. */
  complete: boolean;
}

/**
 * Reads what `vg-host http` wrote, also where its end is missing.
 * @throws Error if it does not begin as it should
 */
export function parseLoad(text: string): LoadRecording {
  const lines = text.split('\n');
  // What stands behind the last line end was cut off.
  lines.pop();
  const head = /^vg-http 1 origin=(\d+) rate=(\d+) timeout=(\d+)$/.exec(lines[0] ?? '');
  if (head === null) {
    throw new Error(`expected a recording of vg-host http, got ${JSON.stringify(lines[0])}`);
  }
  const recording: LoadRecording = {
    ...{ origin: Number(head[1]) / 1e9, rate: Number(head[2]), timeout: Number(head[3]) / 1e9 },
    ...{ requests: 0, responses: [], failures: [], complete: false },
  };
  for (const line of lines.slice(1)) {
    const [kind, ...words] = line.split(' ');
    const [sequence = 0, target = 0, sentAt = 0, connectedAt = 0, firstByteAt = 0] =
      words.map(Number);
    if (kind === 'end') {
      recording.requests = sequence;
      recording.complete = true;
      continue;
    }
    recording.requests = Math.max(recording.requests, sequence + 1);
    if (kind === 'f') {
      recording.failures.push({ sequence, target, reason: words[4] ?? '' });
    } else if (kind === 'r') {
      recording.responses.push({
        ...{ sequence, target, sentAt, connectedAt, firstByteAt },
        ...{ completeAt: Number(words[5]), status: Number(words[6]), instance: words[7] ?? '' },
      });
    }
  }
  return recording;
}

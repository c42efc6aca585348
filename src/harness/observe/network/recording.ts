/** An answer as the probe recorded it. */
export interface RecordedAnswer {
  sequence: number;
  /** Index of the target that gave it. */
  target: number;
  /** Nanoseconds since request 0 was due. */
  at: number;
  instance: string;
  /** The guest's own clocks when it answered, in nanoseconds: since its kernel started, since 1970. */
  guestMonotonic: number;
  guestWall: number;
}

/** What `vg-host probe` wrote. */
export interface ProbeRecording {
  /** Wall clock of the host when request 0 was due, in seconds since 1970. */
  origin: number;
  /** Requests a second. */
  rate: number;
  /** Ports of the host from which it asked, one for each target. */
  ports: number[];
  /** How many numbers it asked. */
  requests: number;
  /**
   * When each request left, in nanoseconds since request 0 was due, one array for each target: by
   * the kernel where it told, else just before it was sent. NaN: it could not be sent.
   */
  left: Float64Array[];
  answers: RecordedAnswer[];
  /** Answers that came and were thrown away for want of room. */
  dropped: number;
  /** By how much the host's wall clock was set meanwhile, in seconds, each time. */
  clockSteps: number[];
  /** Whether it came to its end; if not, its last records are missing. */
  complete: boolean;
}

/**
 * Reads what `vg-host probe` wrote, also where its end is missing.
 * @throws Error if it does not begin as it should
 */
export function parseProbe(text: string): ProbeRecording {
  const lines = wholeLines(text);
  const first = lines.next().value;
  const head = /^vg-probe 1 origin=(\d+) rate=(\d+) realtime=[01] ports=([\d,]+)$/.exec(
    first ?? '',
  );
  if (head === null) {
    throw new Error(`expected a recording of vg-host probe, got ${JSON.stringify(first)}`);
  }
  const rate = Number(head[2]);
  const ports = (head[3] ?? '').split(',').map(Number);
  const recording: ProbeRecording = {
    ...{ origin: Number(head[1]) / 1e9, rate, ports, requests: 0, left: [], answers: [] },
    ...{ dropped: 0, clockSteps: [], complete: false },
  };
  const left = ports.map((): number[] => []);
  const due = (sequence: number) => dueNanoseconds(sequence, rate);
  for (const line of lines) {
    const words = line.split(' ');
    const [kind, a, b, c] = words;
    const sequence = Number(a);
    const target = Number(b);
    if (kind === 's' || kind === 'd' || kind === 'e') {
      const times = left[target];
      if (times === undefined) continue;
      times[sequence] = kind === 'e' ? NaN : due(sequence) + Number(c);
      recording.requests = Math.max(recording.requests, sequence + 1);
    } else if (kind === 'a') {
      recording.answers.push({
        ...{ sequence, target, at: Number(c), instance: words[4] ?? '' },
        ...{ guestMonotonic: Number(words[5]), guestWall: Number(words[6]) },
      });
    } else if (kind === 'w') {
      recording.clockSteps.push(Number(b) / 1e9);
    } else if (kind === 'end') {
      recording.dropped = Number(c);
      recording.complete = true;
    }
  }
  recording.left = left.map((times) => filled(times, recording.requests));
  return recording;
}

/** When a request is due, in nanoseconds since request 0 was. */
export function dueNanoseconds(sequence: number, rate: number): number {
  return Math.floor(sequence / rate) * 1e9 + Math.floor(((sequence % rate) * 1e9) / rate);
}

/** What stands behind the last line end was cut off. */
function* wholeLines(text: string): Generator<string, undefined> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  return undefined;
}

function filled(times: readonly number[], length: number): Float64Array {
  return Float64Array.from({ length }, (_, sequence) => times[sequence] ?? NaN);
}

/** Seconds: stamps that are off by less lie within what a probe can tell. */
const tolerated = 0.005;

/** @throws Error where stamps would be mapped by a wall clock that is no longer that of when they were made */
export function expectSteadyClock(
  host: string,
  { clockSteps }: Pick<ProbeRecording, 'clockSteps'>,
): void {
  const step = clockSteps.reduce((sum, each) => sum + each, 0);
  if (clockSteps.every((each) => Math.abs(each) <= tolerated)) return;
  throw new Error(
    `network probe: the wall clock of ${host} was set meanwhile, by ${step.toFixed(3)} s: its stamps say nothing`,
  );
}

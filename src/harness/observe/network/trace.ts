import type { Span, Trace } from '../observer.ts';
import { gaps, longestGap, signsOf } from '../outages.ts';
import type { CapturedProbe } from './captured.ts';
import { dueNanoseconds, type ProbeRecording } from './recording.ts';

/** First answers, in the order in which they came; one array for each figure. Seconds on our clock. */
export interface Answers {
  readonly sequence: Uint32Array;
  readonly due: Float64Array;
  readonly sentAt: Float64Array;
  readonly at: Float64Array;
  /** The guest's own clocks when it answered: since its kernel started, and since 1970. */
  readonly guestTime: Float64Array;
  readonly guestWallTime: Float64Array;
  /** Differs between two boots, stays the same over a live migration. */
  readonly instance: readonly string[];
  /** Index of the target that answered first. */
  readonly target: Uint8Array;
}

/** All requests, by their number; seconds on our clock. */
export interface Requests {
  readonly due: Float64Array;
  /** When the first copy left; NaN: none could be sent. */
  readonly sentAt: Float64Array;
  /** When the first answer came; NaN: none came. */
  readonly answeredAt: Float64Array;
}

/** What the network probe saw: a good sign is the first answer to a request, when it came. */
export interface NetworkTrace extends Trace {
  /** `capture`: of packets on the interface, by tcpdump; `socket`: of the kernel for the probe. */
  readonly stamps: 'capture' | 'socket';
  readonly requests: Requests;
  readonly answers: Answers;
  /** What was watched: from when the first request was due to the last sign. */
  readonly watched: Span;
  /** What speaks against trusting it, in words. */
  readonly warnings: readonly string[];
}

export interface TraceParts {
  recording: ProbeRecording;
  /** Absent where nothing was captured. */
  captured?: CapturedProbe | undefined;
  /** Maps the host's wall clock onto ours. */
  fromWall: (epochSeconds: number) => number;
  raw: Trace['raw'];
  warnings: readonly string[];
}

/** An answer with its stamp mapped. */
interface Answer {
  sequence: number;
  target: number;
  at: number;
  instance: string;
  guestMonotonic: number;
  guestWall: number;
}

/** Puts together what the probe recorded and what was captured: a captured stamp goes first. */
export function networkTrace(parts: TraceParts): NetworkTrace {
  const { recording, captured, fromWall, raw, warnings } = parts;
  const { rate, origin, requests: count } = recording;
  const ours = (nanoseconds: number) => fromWall(origin + nanoseconds / 1e9);
  const sequences = Float64Array.from({ length: count }, (_, sequence) => sequence);
  const due = sequences.map((sequence) => ours(dueNanoseconds(sequence, rate)));

  /** By target: mapped once, since our clock's distance from the wall's changes a little. */
  const left = recording.left.map((stamps, target) =>
    sequences.map((sequence) => {
      const stamp = captured?.requests[target]?.get(sequence);
      return stamp === undefined ? ours(stamps[sequence] ?? NaN) : fromWall(stamp);
    }),
  );
  const sentAt = sequences.map((sequence) =>
    left.reduce((earliest, stamps) => {
      const at = stamps[sequence] ?? NaN;
      return at < earliest || Number.isNaN(earliest) ? at : earliest;
    }, NaN),
  );

  const { answers, missed } = mergedAnswers(parts, ours);
  const first = firstAnswers(answers, count);
  const answeredAt = new Float64Array(count).fill(NaN);
  for (const { sequence, at } of first) answeredAt[sequence] = at;
  const at = Float64Array.from(first, (answer) => answer.at);

  const watched = {
    from: due[0] ?? ours(0),
    to: Math.max(due[count - 1] ?? ours(0), at[at.length - 1] ?? -Infinity),
  };
  const signs = signsOf(at, watched);
  return {
    stamps: captured === undefined ? 'socket' : 'capture',
    resolution: 1 / rate,
    requests: { due, sentAt, answeredAt },
    answers: {
      sequence: Uint32Array.from(first, ({ sequence }) => sequence),
      due: Float64Array.from(first, ({ sequence }) => due[sequence] ?? NaN),
      sentAt: Float64Array.from(first, ({ sequence, target }) => left[target]?.[sequence] ?? NaN),
      at,
      guestTime: Float64Array.from(first, ({ guestMonotonic }) => guestMonotonic / 1e9),
      guestWallTime: Float64Array.from(first, ({ guestWall }) => guestWall / 1e9),
      instance: first.map(({ instance }) => instance),
      target: Uint8Array.from(first, ({ target }) => target),
    },
    watched,
    gaps: (window, threshold) => gaps(signs, window, threshold),
    longest: (window) => longestGap(signs, window),
    raw,
    warnings: [...warnings, ...warningsOf(recording, missed)],
  };
}

/** @returns `missed`: how many answers were captured that the probe never got */
function mergedAnswers(
  { recording, captured, fromWall }: TraceParts,
  ours: (nanoseconds: number) => number,
): { answers: Answer[]; missed: number } {
  const recorded = recording.answers.map((answer) => ({ ...answer, at: ours(answer.at) }));
  if (captured === undefined) return { answers: recorded, missed: 0 };
  const keyOf = ({ sequence, target }: Answer) => sequence * recording.ports.length + target;
  const stamped = new Map(
    captured.answers.map((answer) => [keyOf(answer), { ...answer, at: fromWall(answer.at) }]),
  );
  const known = new Set(recorded.map(keyOf));
  return {
    answers: [
      ...stamped.values(),
      // Where the capture lost a packet.
      ...recorded.filter((answer) => !stamped.has(keyOf(answer))),
    ],
    missed: [...stamped.keys()].filter((key) => !known.has(key)).length,
  };
}

/** The first answer to each request that was made, in the order in which they came. */
function firstAnswers(answers: readonly Answer[], requests: number): Answer[] {
  const first: (Answer | undefined)[] = [];
  for (const answer of answers) {
    const known = first[answer.sequence];
    if (answer.sequence < requests && (known === undefined || answer.at < known.at)) {
      first[answer.sequence] = answer;
    }
  }
  return first.filter((answer) => answer !== undefined).sort((a, b) => a.at - b.at);
}

function warningsOf(recording: ProbeRecording, missed: number): string[] {
  const { complete, dropped, clockSteps } = recording;
  const steps = clockSteps.map((step) => `${(step * 1000).toFixed(1)} ms`).join(', ');
  return [
    ...(complete ? [] : ['network probe: it ended early, its last records are missing']),
    ...(dropped > 0 ? [`network probe: ${dropped} answers came and were lost on its host`] : []),
    ...(missed > 0 && complete && dropped === 0
      ? [`network probe: ${missed} answers were captured that it never got`]
      : []),
    ...(steps === '' ? [] : [`network probe: its host's wall clock was set meanwhile: ${steps}`]),
  ];
}

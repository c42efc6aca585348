import type { ClockReading } from '../guest-clock.ts';
import type { Span, Trace } from '../observer.ts';
import { gaps, longestGap, signsOf } from '../outages.ts';
import { probeSeries, type ProbeBin } from './series.ts';
import type { NetworkTrace } from './trace.ts';

/** What several probes of one guest saw together: one of the source's address, one of the target's. */
export interface CombinedTrace extends Trace {
  /** Of all answers, in the order in which they came. */
  readings: ClockReading[];
  /** A bin of a request that any probe got answered. */
  series(window: Span, binSeconds: number): ProbeBin[];
  /** In which all of them watched. */
  watched: Span;
  warnings: readonly string[];
  stamps: NetworkTrace['stamps'];
}

/** A good sign is an answer to any of the probes. */
export function combined(traces: readonly [NetworkTrace, ...NetworkTrace[]]): CombinedTrace {
  const [first] = traces;
  const watched = {
    from: Math.min(...traces.map(({ watched: { from } }) => from)),
    to: Math.max(...traces.map(({ watched: { to } }) => to)),
  };
  const signs = signsOf(
    Float64Array.from(traces.flatMap(({ answers }) => [...answers.at])),
    watched,
  );
  const readings = traces.flatMap(({ answers }) =>
    Array.from(answers.at, (at, index): ClockReading => ({
      at,
      sentAt: answers.sentAt[index] ?? NaN,
      guestTime: answers.guestTime[index] ?? NaN,
    })).filter(({ sentAt }) => !Number.isNaN(sentAt)),
  );
  return {
    gaps: (window, threshold) => gaps(signs, window, threshold),
    longest: (window) => longestGap(signs, window),
    resolution: first.resolution,
    raw: traces.flatMap(({ raw }, index) =>
      raw.map(({ name, content }) => ({ name: index === 0 ? name : `target-${name}`, content })),
    ),
    readings: readings.sort((a, b) => a.at - b.at),
    series: (window, binSeconds) =>
      merged(traces.map((trace) => probeSeries(trace, window, binSeconds))),
    watched: { from: watched.from, to: Math.min(...traces.map(({ watched: { to } }) => to)) },
    warnings: traces.flatMap(({ warnings }) => warnings),
    stamps: first.stamps,
  };
}

/** Of each bin what the probe saw that got the most answers. */
function merged(series: readonly ProbeBin[][]): ProbeBin[] {
  const [first = [], ...others] = series;
  return first.map((bin, index) =>
    others.reduce((best, other) => {
      const candidate = other[index];
      return candidate !== undefined && candidate.answered > best.answered ? candidate : best;
    }, bin),
  );
}

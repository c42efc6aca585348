import type { SharingStep } from '../../../manager/front/sharer.ts';
import type { Span } from '../../observe/observer.ts';
import type { LoadTrace } from '../../observe/http/index.ts';
import type { TrialScope } from '../measurement.ts';
import {
  goodput,
  latencyPercentile,
  seconds,
  timeToRelief,
  together,
  type Request,
} from './figures.ts';
import { sharingMoment } from './moment.ts';
import type { SharingOptions } from './options.ts';

/** The stretches of a trial, in seconds on our clock. */
export interface Course {
  from: number;
  overload: Span;
  to: number;
}

export interface Seen {
  course: Course;
  steps: readonly SharingStep[];
  /** Of each service, the overloaded first. */
  traces: readonly (readonly LoadTrace[])[];
  options: Pick<SharingOptions, 'limit'>;
}

type Scope = Pick<TrialScope, 'record' | 'event' | 'warn' | 'saveArtifact'>;

/** Turns what clients saw, and what was decided, into samples and events. */
export function recordSharing(scope: Scope, { course, steps, traces, options }: Seen): void {
  const [first = [], ...others] = traces;
  for (const { warnings } of traces.flat()) for (const text of warnings) scope.warn(text);
  const requests = together(first.map((trace) => trace.requests));
  const donors = others.map((each) => together(each.map((trace) => trace.requests)));
  const { from, overload, to } = course;
  const phases = {
    before: { from, to: overload.from },
    during: overload,
    after: { from: overload.to, to },
  };
  const timeout = first[0]?.timeout ?? 0;
  for (const [phase, window] of Object.entries(phases)) {
    scope.record('sharing.goodput', goodput(requests, window, options.limit), { phase });
    const well = donors.reduce((sum, each) => sum + goodput(each, window, options.limit), 0);
    scope.record('sharing.donors-goodput', well, { phase });
    for (const percentile of [50, 99]) {
      const latency = latencyPercentile(requests, window, percentile);
      if (Number.isNaN(latency)) continue;
      // Who got no answer has waited until the end.
      scope.record('sharing.latency', Math.min(latency, timeout), { phase, percentile });
    }
  }
  recordRelief(scope, seconds(requests, { from, to: overload.to }, options.limit), overload);
  recordDecisions(scope, steps, course);
  recordMoments(scope, { course, steps, requests, donors, limit: options.limit });
  scope.saveArtifact('decisions.json', `${JSON.stringify(steps, undefined, 1)}\n`);
}

function recordRelief(scope: Scope, all: Parameters<typeof timeToRelief>[0], overload: Span): void {
  const relief = timeToRelief(all, overload);
  scope.record('sharing.relieved', relief === undefined ? 0 : 1);
  if (relief === undefined) return;
  scope.record('sharing.relief', relief);
  scope.event({ event: 'relief', at: overload.from + relief });
}

function recordDecisions(scope: Scope, steps: readonly SharingStep[], course: Course): void {
  const started = steps.flatMap((step) => step.started);
  scope.record('sharing.started', started.length);
  for (const [iteration, { seconds: time }] of started.entries()) {
    scope.record('sharing.start', time, { iteration });
  }
  const first = steps.find(({ at, plan }) => at >= course.overload.from && plan.grants.length > 0);
  if (first !== undefined) scope.record('sharing.decision', first.at - course.overload.from);
  const free = steps.find(({ at, plan }) => at >= course.overload.to && plan.after.length === 0);
  if (started.length > 0 && free !== undefined) {
    scope.record('sharing.returned', free.at - course.overload.to);
  }
  for (const { at, plan, failed } of steps) {
    for (const { from, to, amount } of plan.grants) {
      scope.event({ event: 'grant', at, phase: `${from} to ${to}`, figures: { amount } });
    }
    for (const { from, to, amount, why } of plan.releases) {
      scope.event({ event: 'release', at, phase: `${from} to ${to}: ${why}`, figures: { amount } });
    }
    for (const { grant, why } of failed) {
      scope.warn(`no guest was started on the host of ${grant.from} for ${grant.to}: ${why}`);
    }
  }
}

function recordMoments(
  scope: Scope,
  {
    course,
    steps,
    requests,
    donors,
    limit,
  }: {
    course: Course;
    steps: readonly SharingStep[];
    requests: readonly Request[];
    donors: readonly (readonly Request[])[];
    limit: number;
  },
): void {
  const span = { from: course.from, to: course.to };
  const others = donors.map((each) => seconds(each, span, limit));
  for (const [index, { at, offered, good }] of seconds(requests, span, limit).entries()) {
    const window = { from: at, to: at + 1 };
    const p99 = latencyPercentile(requests, window, 99);
    const step = steps.findLast((each) => each.at <= at);
    const lent = step?.plan.after.reduce((sum, { amount }) => sum + amount, 0) ?? 0;
    const time = Math.round(at - course.overload.from);
    const donorsGood = others.reduce((sum, each) => sum + (each[index]?.good ?? 0), 0);
    scope.event({
      ...{ event: sharingMoment, at },
      figures: { time, offered, good, lent, donorsGood, ...(Number.isFinite(p99) && { p99 }) },
    });
  }
}

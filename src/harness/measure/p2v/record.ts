import type { ConversionEvent } from '../../../platform/operations/convert/conversion.ts';
import { expectWatched } from '../../observe/expect-watched.ts';
import type { LoadTrace } from '../../observe/http/index.ts';
import type { Span } from '../../observe/observer.ts';
import { gaps, longestGap, signsOf } from '../../observe/outages.ts';
import type { TrialScope } from '../measurement.ts';
import { outageName, outagePhases } from './phases.ts';

/** What one conversion was seen to do. */
export interface Seen {
  /** Before it: nothing happens. */
  control: Span;
  /** From its request until watching ended. */
  conversion: Span;
  events: readonly ConversionEvent[];
  load: LoadTrace;
}

/** Nothing shorter is called an outage, in seconds. */
const leastOutage = 0.1;

export type Scope = Pick<TrialScope, 'record' | 'event' | 'warn'>;

/** Turns what was seen of a conversion that was committed into samples and events. */
export function recordConversion(scope: Scope, seen: Seen): void {
  const { control, conversion, events, load } = seen;
  expectWatched('HTTP load', load.watched, conversion);
  const watched = { from: control.from, to: conversion.to };
  const signs = signsOf(
    load.requests.answeredAt.filter((at) => !Number.isNaN(at)),
    watched,
  );
  const floor = longestGap(signs, control);
  scope.record('p2v.floor', floor);
  const outages = gaps(signs, conversion, Math.max(3 * floor, 2 / load.rate, leastOutage));
  const named = outages.map((outage) => ({ ...outage, name: outageName(outage, events) }));
  scope.record('p2v.downtime', sum(named.filter(({ name }) => name !== 'other')));
  // A machine that is copied may answer late, too: that is no part of the downtime, and not hidden.
  scope.record('p2v.other-gaps', sum(named.filter(({ name }) => name === 'other')));
  // What happens twice counts together: the phases add up to the downtime.
  const phases = new Map<string, number>();
  for (const { name, ...outage } of named) {
    const { from, to } = outage;
    if (name !== 'other') scope.record('p2v.outage', to - from, { phase: name });
    scope.event({
      event: 'outage',
      observer: 'network',
      at: from,
      figures: { duration: to - from },
    });
    for (const part of name === 'other' ? [] : outagePhases(outage, events)) {
      const phase = `${name}: ${part.phase}`;
      phases.set(phase, (phases.get(phase) ?? 0) + part.to - part.from);
    }
  }
  for (const [phase, seconds] of phases) scope.record('p2v.phase', seconds, { phase });
  for (const { at, event, figures } of events) {
    scope.event({ event: `p2v.${event}`, at, ...(figures && { figures: { ...figures } }) });
  }
  const at = (name: ConversionEvent['event']) => events.find(({ event }) => event === name)?.at;
  const committed = at('committed');
  const requested = at('requested') ?? conversion.from;
  if (committed !== undefined) scope.record('p2v.total-time', committed - requested);
  const before = load.latencyPercentile(control, 50);
  const copying: [string, Span | undefined][] = [
    ['before the cut-over', span(requested, at('cut-over'))],
    ['while mirrored', span(at('guest-answered'), at('guest-stopped'))],
  ];
  for (const [phase, window] of copying) {
    const slow = window && load.latencyPercentile(window, 50) / before;
    if (slow !== undefined && Number.isFinite(slow)) scope.record('p2v.slowdown', slow, { phase });
  }
  for (const text of load.warnings) scope.warn(text);
}

function span(from: number | undefined, to: number | undefined): Span | undefined {
  return from === undefined || to === undefined || to <= from ? undefined : { from, to };
}

function sum(spans: readonly Span[]): number {
  return spans.reduce((all, { from, to }) => all + to - from, 0);
}

import { describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../../platform/hypervisor/migration.ts';
import { figuresOf, type LoadTrace } from '../../observe/http/trace.ts';
import { combined } from '../../observe/network/combined.ts';
import { networkTrace } from '../../observe/network/trace.ts';
import { spansTrace } from '../../observe/spans-trace.ts';
import type { Event } from '../../results/schema.ts';
import type { Reading } from '../measurement.ts';
import { migrationMetrics } from './metrics.ts';
import { migrationOptions } from './options.ts';
import { recordMigration, type Found } from './record.ts';

/** The guest boots at 0, is paused for 0.2 s at 3, moves at 5, and is stopped from 5.5 to 5.6. */
const pauses = [
  { from: 3.001, to: 3.201 },
  { from: 5.5, to: 5.6 },
];
/** What the service cannot answer: the network learns of the target only at 5.7. */
const away = [
  { from: 3.001, to: 3.201 },
  { from: 5.5, to: 5.7 },
];
const windows: Found['windows'] = {
  control: { from: 1, to: 3 },
  pauses: [{ commanded: { from: 3, to: 3.2 }, uncertainty: 0.001 }],
  migration: { from: 5, to: 5.75 },
  after: { from: 5.75, to: 7 },
};
const aged = (moment: number) =>
  moment - pauses.reduce((sum, { from, to }) => sum + (moment >= to ? to - from : 0), 0);
const silent = (moment: number) => away.some(({ from, to }) => moment >= from && moment < to);

function network() {
  const count = 8000;
  const sequences = Array.from({ length: count }, (_, sequence) => sequence);
  const answered = sequences.filter((sequence) => !silent(sequence / 1000));
  return combined([
    networkTrace({
      recording: {
        ...{ rate: 1000, origin: 0, requests: count, ports: [4000], dropped: 0, clockSteps: [] },
        complete: true,
        left: [Float64Array.from(sequences, (sequence) => sequence * 1e6)],
        answers: answered.map((sequence) => ({
          ...{ sequence, target: 0, instance: 'a', at: sequence * 1e6 + 4e5 },
          guestMonotonic: Math.round((aged(sequence / 1000) + 0.0002) * 1e9),
          guestWall: 0,
        })),
      },
      ...{ fromWall: (at: number) => at, raw: [], warnings: ['a warning'] },
    }),
  ]);
}

/** A hundred requests a second, each answered after 2 ms or when the service is back. */
function http(timeout = 1): LoadTrace {
  const due = Float64Array.from({ length: 800 }, (_, index) => index / 100);
  const answeredAt = due.map(
    (at) => (away.find(({ from, to }) => at >= from && at < to)?.to ?? at) + 0.002,
  );
  const requests = { due, firstByteAt: answeredAt, answeredAt };
  return {
    ...{ requests, rate: 100, timeout, failures: new Map(), raw: [], warnings: [] },
    ...figuresOf(requests, 100),
    watched: { from: 0, to: 7.99 },
  };
}

const steps: MigrationEvent[] = [
  { event: 'start', at: 5 },
  { event: 'round', at: 5.01, figures: { round: 1 } },
  { event: 'stop', at: 5.5 },
  { event: 'resume', at: 5.6 },
  { event: 'completed', at: 5.62 },
  { event: 'answered', at: 5.701 },
];

function record(change: Partial<Found> = {}) {
  const samples: ({ metric: string; value: number } & Reading)[] = [];
  const events: Omit<Event, 'trial'>[] = [];
  const warnings: string[] = [];
  recordMigration(
    {
      record: (metric, value, reading = {}) => void samples.push({ metric, value, ...reading }),
      event: (event) => void events.push(event),
      warn: (text) => void warnings.push(text),
    },
    {
      windows,
      seen: { network: network(), events: spansTrace(pauses, 1e-6), pauses, http: http() },
      events: steps,
      report: { downtime: 0.08, rounds: 2, transferred: 1e8, raw: {} },
      writes: Array.from({ length: 1600 }, (_, number) => number / 200)
        .filter((at) => !silent(at))
        .map((at, index) => ({ number: index + 1, guestTime: aged(at) })),
      moved: true,
      ...change,
    },
    migrationOptions.parse({}),
  );
  const of = (metric: string, observer?: string) =>
    samples.filter((each) => each.metric === `migration.${metric}` && each.observer === observer);
  return { samples, events, warnings, of };
}

describe('a migration that completed', () => {
  const { samples, events, warnings, of } = record();

  it.each([
    ['hypervisor-reported', 0.08, 6],
    ['hypervisor-events', 0.1, 6],
    ['network', 0.2, 2],
    ['guest', 0.1, 3],
    ['disk', 0.2, 1],
  ])('was an outage of its own length to %s', (observer, downtime, digits) => {
    expect(of('downtime', observer)[0]?.value).toBeCloseTo(downtime, digits);
    const outages = events.filter((each) => each.event === 'outage' && each.observer === observer);
    expect(outages).toHaveLength(1);
    expect(outages[0]?.figures?.['duration']).toBeCloseTo(downtime, digits);
  });

  it('has a floor without the pauses around its window', () => {
    expect(of('floor', 'network')[0]?.value).toBeLessThan(0.003);
    expect(of('floor', 'disk')[0]?.value).toBeLessThan(0.012);
    expect(of('floor', 'hypervisor-events')).toMatchObject([{ value: 0 }]);
  });

  it('tells how far each observer was off about the known pause', () => {
    for (const name of ['hypervisor-events', 'network', 'guest', 'disk']) {
      const [error] = of('calibration-error', name);
      expect(Math.abs(error?.value ?? 1), name).toBeLessThan(0.01);
      expect(error?.iteration).toBe(0);
    }
  });

  it('lost the work that was late', () => {
    // Requests of 0.15 s waited longer than the least limit of 50 ms.
    expect(of('lost-work')[0]?.value).toBeCloseTo(0.15, 1);
    const p99 = of('latency').filter(({ percentile }) => percentile === 99);
    expect(p99.map(({ phase }) => phase)).toEqual(['control', 'migration', 'after']);
    expect(p99[0]?.value).toBeCloseTo(0.002);
    expect(p99[1]?.value).toBeCloseTo(0.2, 1);
  });

  it('took until the guest answered, and carries what the hypervisor told', () => {
    expect(of('total-time')[0]?.value).toBeCloseTo(0.701);
    expect(of('rounds')).toMatchObject([{ value: 2 }]);
    expect(of('transferred')).toMatchObject([{ value: 1e8 }]);
    expect(events.filter(({ event }) => event === 'migration.round')).toMatchObject([
      { at: 5.01, figures: { round: 1 } },
    ]);
    expect(events.flatMap(({ event, phase }) => (event === 'window' ? [phase] : []))).toEqual([
      ...['control', 'calibration', 'migration', 'after'],
    ]);
    expect(warnings).toEqual(['a warning']);
  });

  it('shows the probe in bins of 20 ms from end to end', () => {
    const bins = events.filter(({ event }) => event === 'probe');
    expect(bins).toHaveLength(300);
    const dark = bins.filter(({ figures }) => figures?.['answered'] === 0);
    expect(dark.length).toBeGreaterThanOrEqual(17);
    for (const { figures } of dark) expect(figures).not.toHaveProperty('worst');
  });

  it('uses no name that its metrics do not have', () => {
    for (const { metric } of samples) expect(migrationMetrics).toHaveProperty([metric]);
  });
});

it('has no downtime where the guest did not move, but floors and errors', () => {
  const { of } = record({ moved: false });
  expect(of('downtime', 'network')).toEqual([]);
  expect(of('downtime', 'hypervisor-reported')).toEqual([]);
  expect(of('total-time')).toEqual([]);
  expect(of('floor', 'network')).toHaveLength(1);
  expect(of('calibration-error', 'guest')).toHaveLength(1);
});

it('says that a latency is above the timeout instead of leaving it out', () => {
  const never = http(0.1);
  const answeredAt = never.requests.due.map((at) => (at > 5.2 && at < 5.7 ? NaN : at + 0.002));
  const requests = { ...never.requests, answeredAt };
  const load = { ...never, requests, ...figuresOf(requests, 100) };
  const seen = { network: network(), events: spansTrace(pauses, 1e-6), pauses, http: load };
  const { of, warnings } = record({ seen });
  const [during] = of('latency').filter(
    ({ phase, percentile }) => phase === 'migration' && percentile === 99,
  );
  expect(during?.value).toBe(0.1);
  expect(warnings.join()).toContain('not answered within 0.1 s');
});

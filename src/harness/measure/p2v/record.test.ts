import { expect, it } from 'vitest';
import type { ConversionEvent } from '../../../platform/operations/convert/conversion.ts';
import { figuresOf } from '../../observe/http/trace.ts';
import { recordConversion } from './record.ts';

/** Answers 10 times a second for a minute, but for some times; each after 10 ms, or what `slow` says. */
function load(out: readonly [number, number][], slow: (at: number) => number = () => 0.01) {
  const due = Float64Array.from({ length: 600 }, (_, index) => index / 10);
  const answeredAt = due.map((at) =>
    out.some(([from, to]) => at > from && at < to) ? NaN : at + slow(at),
  );
  const requests = { due, firstByteAt: answeredAt, answeredAt };
  return {
    ...{ requests, rate: 10, timeout: 5, failures: new Map<string, number>(), raw: [] },
    ...{ warnings: [], watched: { from: 0, to: 60 }, ...figuresOf(requests, 10) },
  };
}

function recorded(found: Parameters<typeof recordConversion>[1]) {
  const samples: { metric: string; value: number; phase?: string }[] = [];
  recordConversion(
    {
      record: (metric, value, { phase } = {}) =>
        samples.push({
          ...{ metric, value },
          ...(phase !== undefined && { phase }),
        }),
      event: () => undefined,
      warn: () => undefined,
    },
    found,
  );
  return samples;
}

const windows = { control: { from: 0, to: 5 }, conversion: { from: 5, to: 59 } };
const events: ConversionEvent[] = [
  { at: 5, event: 'requested' },
  { at: 10, event: 'cut-over' },
  { at: 11, event: 'stopped' },
  { at: 18, event: 'guest-answered' },
  { at: 40, event: 'guest-stopped' },
  { at: 45, event: 'committed' },
];

it('adds up all outages, and cuts each at the boundaries in it', () => {
  const samples = recorded({
    ...{ ...windows, events },
    load: load([
      [10.05, 19.95],
      [40.05, 40.45],
    ]),
  });
  const of = (metric: string) => samples.filter((sample) => sample.metric === metric);
  expect(of('p2v.downtime')[0]?.value).toBeCloseTo(10.5, 1);
  expect(of('p2v.other-gaps')[0]?.value).toBe(0);
  expect(of('p2v.outage').map(({ phase }) => phase)).toEqual(['switch', 'move']);
  expect(of('p2v.outage').map(({ value }) => Math.round(value * 10) / 10)).toEqual([10, 0.5]);
  const phases = of('p2v.phase').filter(({ phase = '' }) => phase.startsWith('switch'));
  expect(phases.map(({ phase }) => phase)).toEqual([
    'switch: stop',
    'switch: boot',
    'switch: reply',
  ]);
  const total = phases.reduce((all, { value }) => all + value, 0);
  expect(total).toBeCloseTo(of('p2v.outage')[0]?.value ?? NaN, 9);
  expect(of('p2v.total-time')[0]?.value).toBe(40);
});

it('says nothing of a conversion whose service nobody asked to the end', () => {
  const watched = { from: 0, to: 30 };
  expect(() => recorded({ ...windows, events, load: { ...load([]), watched } })).toThrow(
    'HTTP load ended 29.0 s too early',
  );
});

it('adds up to the downtime, also where a phase comes twice', () => {
  const twice: ConversionEvent[] = [
    { at: 10, event: 'cut-over' },
    { at: 12, event: 'kexec' },
    { at: 14, event: 'target-running' },
    { at: 16, event: 'target-answered' },
    { at: 17, event: 'vmm-answered' },
  ];
  const samples = recorded({ ...windows, events: twice, load: load([[10, 20]]) });
  const phases = samples.filter(({ metric }) => metric === 'p2v.phase');
  expect(new Set(phases.map(({ phase }) => phase)).size).toBe(phases.length);
  const sum = phases.reduce((all, { value }) => all + value, 0);
  expect(sum).toBeCloseTo(samples.find(({ metric }) => metric === 'p2v.downtime')?.value ?? NaN, 9);
});

it('leaves gaps that no boundary explains out of the downtime, and tells them', () => {
  const samples = recorded({
    ...windows,
    events,
    load: load([
      [10, 20],
      [25, 27],
    ]),
  });
  const of = (metric: string) => samples.find((sample) => sample.metric === metric)?.value;
  expect(of('p2v.downtime')).toBeCloseTo(10, 0);
  expect(of('p2v.other-gaps')).toBeCloseTo(2, 0);
  expect(samples.filter(({ metric }) => metric === 'p2v.outage')).toHaveLength(1);
});

it('says how much slower the service was while it was copied, not in its outage', () => {
  const slow = (at: number) => (at > 20 && at < 40 ? 0.03 : 0.01);
  const samples = recorded({ ...windows, events, load: load([[10, 20]], slow) });
  const slowdown = samples.filter(({ metric }) => metric === 'p2v.slowdown');
  expect(slowdown).toMatchObject([{ phase: 'before the cut-over' }, { phase: 'while mirrored' }]);
  expect(slowdown.map(({ value }) => Math.round(value))).toEqual([1, 3]);
});

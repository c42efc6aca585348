import { describe, expect, it } from 'vitest';
import type { Run } from '../../results/schema.ts';
import { againstRuns } from './against-runs.ts';
import { gateOutcome } from './gate.ts';
import { gateVerdict } from './gate-verdict.ts';
import { historyGate, type HistoryGateInput } from './history-gate.ts';
import { levelGate } from './level-gate.ts';
import { runLevel } from './run-level.ts';
import type { TrialValue } from '../series.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { type SyntheticStored, syntheticStored } from './synthetic-history.example.ts';

const rules = { margin: 0.05, familyError: 0.01 };
const runs = (count: number, options: Partial<SyntheticStored> = {}) =>
  Array.from({ length: count }, (_, number) => syntheticStored({ number, ...options }));
const gate = (current: Partial<SyntheticStored>, more: Partial<HistoryGateInput> = {}) =>
  historyGate({
    ...{ ...rules, environment: 'block', notes: [], earlier: runs(10) },
    current: [syntheticStored({ number: 101, ...current })],
    ...more,
  });
const verdicts = (made: ReturnType<typeof gate>) => made.rows.map(({ verdict }) => verdict);

describe('against earlier runs', () => {
  it('lets the same pass and stops what is slower, arm by arm', () => {
    const same = gate({});
    expect(same.rows.map(({ id, arm }) => [id, arm])).toEqual([
      ['creation.total', { provisioning: 'copy' }],
      ['creation.total', { provisioning: 'clone' }],
    ]);
    expect(gateOutcome(same)).not.toBe('regression');
    const slower = gate({ slower: 1.2 });
    expect(verdicts(slower)).toEqual(['regression', 'regression']);
    expect(gateOutcome(slower)).toBe('regression');
    expect(verdicts(gate({ slower: 0.8 }))).toEqual(['improvement', 'improvement']);
  });

  it('shows that nothing got worse where the noise is small enough', () => {
    const quiet = { between: 0.002, noise: 0.002 };
    const made = gate(quiet, { earlier: runs(10, quiet) });
    expect(verdicts(made)).toEqual(['no-regression', 'no-regression']);
    expect(gateOutcome(made)).toBe('good');
  });

  it('takes throughput the other way round', () => {
    const io: Partial<SyntheticStored> = { measure: ['guest-io'], jobs: ['randread'] };
    const made = gate({ ...io, slower: 0.8 }, { earlier: runs(10, io) });
    expect(verdicts(made)).toEqual(['regression', 'regression']);
  });

  it.each([0, 1, 4])('says nothing against %i runs', (count) => {
    const made = gate({ slower: 2 }, { earlier: runs(count) });
    expect(new Set(verdicts(made))).toEqual(new Set(['inconclusive']));
    expect(gateOutcome(made)).toBe('inconclusive');
    expect(made.notes.join()).toContain('5 separate ones');
  });

  it('is confirmed or taken back by the same arms run again', () => {
    const one = syntheticStored({ number: 101, slower: 1.06, between: 0 });
    const again = (slower: number) =>
      gate({}, { current: [one, syntheticStored({ number: 103, slower, between: 0 })] });
    const ratio = (made: ReturnType<typeof gate>) => made.rows[0]?.ratio?.estimate ?? NaN;
    expect(ratio(again(1.06))).toBeGreaterThan(ratio(again(0.94)));
    expect(again(0.94).rows.some(({ verdict }) => verdict === 'regression')).toBe(false);
  });

  it('counts a run of few trials for the noise that it has', () => {
    const noisy = { noise: 0.2, between: 0.001 };
    const earlier = runs(10, { ...noisy, blocks: 60 });
    const width = (blocks: number) => {
      const interval = gate({ ...noisy, blocks }, { earlier }).rows[0]?.ratio?.interval;
      return Math.log((interval?.high ?? NaN) / (interval?.low ?? NaN));
    };
    expect(width(6)).toBeGreaterThan(1.5 * width(60));
  });

  it('takes a single trial to be no calmer than those of earlier runs', () => {
    const noisy = { noise: 0.2, between: 0.001 };
    const earlier = runs(10, { ...noisy, blocks: 60 });
    for (const blocks of [1, 2, 3]) {
      const made = gate({ ...noisy, blocks }, { earlier });
      const { low = NaN, high = NaN } = made.rows[0]?.ratio?.interval ?? {};
      expect(high / low).toBeGreaterThan(1.3);
      expect(verdicts(made)).not.toContain('regression');
    }
  });

  it('takes no run for two, and no metric that no run has', () => {
    const one = syntheticStored({ number: 101 });
    expect(() => gate({}, { current: [one, { ...one, folder: 'copy' }] })).toThrow(
      'expected another run, got',
    );
    expect(() => gate({}, { metrics: ['creation.totl'] })).toThrow(
      'did you mean "creation.total"?',
    );
  });

  it('takes arms by all their levels, also where other factors were crossed', () => {
    const held = (run: Run): Run => ({
      ...run,
      scenario: { ...run.scenario, fixed: { ...(run.scenario['fixed'] as object), guests: 4 } },
    });
    const crossed = { factors: { provisioning: ['copy', 'clone'], guests: [1, 4] } };
    const made = gate({ change: held }, { earlier: runs(6, crossed) });
    expect(made.rows.map(({ n }) => n)).toEqual([6, 6]);
    expect(() => gate({ change: held })).toThrow('guests was 1, is 4');
  });
});

describe('refuses or keeps back', () => {
  const change =
    (environment: Partial<Run['environment']>) =>
    (run: Run): Run => ({ ...run, environment: { ...run.environment, ...environment } });

  it('other accelerators and other jobs', () => {
    const accelerator = { name: 'kvm', emulated: false, why: 'asked for' };
    expect(() => gate({ change: change({ accelerator }) })).toThrow('ran under TCG');
    const jobs = (run: Run): Run => ({
      ...run,
      scenario: { ...run.scenario, measure: { creation: {}, noop: {} } },
    });
    expect(() => gate({ change: jobs })).toThrow('its measure is another: noop was absent, is {}');
  });

  it('a verdict where the environment differs, unless it is only to be told', () => {
    const versions = { qemu: '9.0', 'qemu-img': '7.2.22', 'guest kernel': '6.1.0-56-cloud' };
    const other = { slower: 1.3, change: change({ versions: { ...versions, fio: '3.33' } }) };
    const blocked = gate(other);
    expect(blocked.differences).toEqual(['qemu was 7.2.22, is 9.0']);
    expect(gateOutcome(blocked)).toBe('inconclusive');
    const second = syntheticStored({ number: 102, ...other });
    const both = gate({}, { current: [syntheticStored({ number: 101 }), second] });
    expect(both.differences).toEqual(['qemu was 7.2.22, is 9.0']);
    const told = gate(other, { environment: 'annotate' });
    expect(told.differences).toEqual(blocked.differences);
    expect(gateOutcome(told)).toBe('regression');
  });
});

it.each<[string, (environment: Run['environment']) => Run['environment']]>([
  ['number of hosts was 0, is 1', (one) => ({ ...one, hosts: { h1: host } })],
  ['standIn of storage local was absent, is directory', (one) => storage(one, 'directory')],
])('tells that %s', (text, change) => {
  const { differences, blocked } = gate({
    change: (run) => ({ ...run, environment: change(run.environment) }),
  });
  expect({ differences, blocked }).toEqual({ differences: [text], blocked: true });
});

const host = { cpu: 'x', cpus: 1, memory: 1, kernel: '6', versions: {}, clockUncertainty: 0 };

function storage(environment: Run['environment'], standIn: string): Run['environment'] {
  const { local } = environment.storages;
  if (local === undefined) throw new Error('a run without a local storage');
  return { ...environment, storages: { ...environment.storages, local: { ...local, standIn } } };
}

describe('inside one run', () => {
  const level = (options: Partial<SyntheticStored>, asked = 'provisioning') =>
    levelGate([syntheticStored({ number: 1, blocks: 20, ...options })], [asked], rules);

  it('compares two levels that were interleaved', () => {
    expect(level({}).rows.map(({ verdict }) => verdict)).toEqual(['improvement']);
    const back = level({}, 'provisioning=clone,copy');
    expect(back.rows.map(({ verdict, arm }) => [verdict, arm])).toEqual([
      ['regression', { provisioning: 'copy' }],
    ]);
    const [one] = back.rows;
    expect((one?.now ?? NaN) / (one?.before ?? NaN)).toBeCloseTo(one?.ratio?.estimate ?? NaN, 9);
    expect(level({ blocks: 5 }).rows[0]).toMatchObject({ verdict: 'inconclusive' });
  });

  it.each(['storage', 'provisioning=copy', 'provisioning=copy,raw', 'provisioning=copy,copy'])(
    'refuses %s',
    (asked) => expect(() => level({}, asked)).toThrow(`--ab ${asked}: expected`),
  );
});

describe('where trials failed or say nothing', () => {
  it('half of the trials of an arm without a figure are a regression', () => {
    const stored = syntheticStored({ number: 101 });
    const failing = {
      ...stored,
      series: stored.series.map((one) => ({
        ...one,
        arms: one.arms.map((arm) => arm.map((trial) => ({ ...trial, value: Infinity }))),
      })),
    };
    const made = gate({}, { current: [failing] });
    expect(new Set(verdicts(made))).toEqual(new Set(['regression']));
    expect(made.rows[0]?.why).toBe('half of its trials failed');
  });

  const changed = (stored: StoredRun, value: (trial: TrialValue, arm: number) => number) => ({
    ...stored,
    series: stored.series.map((one) => ({
      ...one,
      arms: one.arms.map((arm, index) =>
        arm.map((trial) => {
          const own = value(trial, index);
          const outcome = own === Infinity ? ('failed' as const) : trial.outcome;
          return { ...trial, value: own, outcome };
        }),
      ),
    })),
  });

  it('a run of which every trial failed is one; a figure that is gone says nothing', () => {
    const stored = { ...syntheticStored({ number: 101 }), series: [] };
    const failed = stored.trials.map((trial) => ({ ...trial, state: 'failed' as const }));
    const made = gate({}, { current: [{ ...stored, trials: failed }] });
    expect(made.rows).toMatchObject([
      { verdict: 'regression', why: 'all trials failed' },
      { verdict: 'regression', why: 'all trials failed' },
    ]);
    const gone = gate({}, { current: [stored] });
    expect(verdicts(gone)).toEqual(['inconclusive', 'inconclusive']);
    expect(gateOutcome(gone)).toBe('inconclusive');
  });

  it('an arm that one run lacks keeps the gate from being good', () => {
    const quiet = { between: 0.002, noise: 0.002 };
    const stored = syntheticStored({ number: 101, ...quiet });
    const half = {
      ...stored,
      series: stored.series.map((one) => ({ ...one, arms: [one.arms[0] ?? [], []] })),
    };
    const made = gate({}, { current: [half], earlier: runs(10, quiet) });
    expect(verdicts(made)).toEqual(['no-regression', 'inconclusive']);
  });

  it.each([
    [0, 0, 'no-regression'],
    [1, 0, 'inconclusive'],
    [3, 0, 'regression'],
    [8, 0, 'regression'],
    [4, 3, 'inconclusive'],
    [0, 3, 'no-regression'],
    [0, 6, 'improvement'],
  ])('what is zero as a rule: in %i of 8 trials now, in %i of 8 before: %s', (is, was, verdict) => {
    const losing = (stored: StoredRun, count: number) =>
      changed(stored, ({ block }) => (block < count ? 3 : 0));
    const earlier = runs(10).map((stored) => losing(stored, was));
    const current = [losing(syntheticStored({ number: 101 }), is)];
    const made = gate({}, { current, earlier });
    expect(verdicts(made)).toEqual([verdict, verdict]);
    expect(made.rows[0]?.why).toBe(`above 0 in ${is} of 8 trials now, in ${was * 10} of 80 before`);
  });

  it('of two versions, the one that always fails is worse', () => {
    const made = (blocks: number) =>
      levelGate(
        [
          changed(syntheticStored({ number: 1, blocks }), ({ value }, arm) =>
            arm === 1 ? Infinity : value,
          ),
        ],
        ['provisioning'],
        rules,
      ).rows;
    expect(made(20)).toMatchObject([{ verdict: 'regression', now: Infinity }]);
    expect(made(5)).toMatchObject([{ verdict: 'inconclusive' }]);
  });

  it('of two versions, few blocks that are the same show nothing', () => {
    const made = (blocks: number, value: number) =>
      levelGate(
        [changed(syntheticStored({ number: 1, blocks }), () => value)],
        ['provisioning'],
        rules,
      ).rows;
    expect(made(2, 5)).toMatchObject([{ verdict: 'inconclusive' }]);
    expect(made(20, 5)).toMatchObject([{ verdict: 'no-regression' }]);
    expect(made(2, 0)).toMatchObject([{ verdict: 'no-regression' }]);
  });

  it('values below zero make no ratio', () => {
    const current = [changed(syntheticStored({ number: 101 }), () => -1)];
    expect(new Set(verdicts(gate({}, { current })))).toEqual(new Set(['not-comparable']));
  });

  it('zero and values below make no ratio', () => {
    expect(runLevel([1, 2, -1])).toBeUndefined();
    expect(runLevel([])).toBeUndefined();
    expect(runLevel([NaN])).toBeUndefined();
    expect(runLevel([0, 0, 0])?.log).toBe(-Infinity);
    expect(runLevel([4])).toEqual({ log: Math.log(4), variance: undefined, n: 1 });
    const level = { log: 0, variance: 0, n: 6 };
    const infinite = { log: Infinity, variance: 0, n: 6 };
    expect(againstRuns(Array<typeof level>(5).fill(level), [infinite], 0.95)).toBeUndefined();
  });
});

it.each([
  [0.9, 0.94, 'lower', 'improvement'],
  [0.9, 0.94, 'higher', 'regression'],
  [0.98, 1.02, 'lower', 'no-regression'],
  [1.01, 1.04, 'lower', 'no-regression'],
  [1.01, 1.06, 'lower', 'regression'],
  [0.7, 1.04, 'lower', 'no-regression'],
  [0.7, 1.06, 'lower', 'inconclusive'],
  [0.97, 1.4, 'higher', 'no-regression'],
  [0.9, 1.4, 'higher', 'inconclusive'],
] as const)('%f to %f, %s is better: %s', (low, high, better, expected) => {
  expect(gateVerdict({ low, high }, better, 0.05)).toBe(expected);
});

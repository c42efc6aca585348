import { describe, expect, it } from 'vitest';
import type { Arm, Run, Trial } from '../../results/schema.ts';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { type Synthetic, syntheticRun } from '../synthetic-run.example.ts';
import type { ClaimResult } from './evaluate-claims.ts';
import { effectText, openText } from './texts.ts';

const real = (run: Run): Run => ({
  ...run,
  environment: {
    ...run.environment,
    accelerator: { name: 'kvm', emulated: false, why: 'asked for' },
    storages: Object.fromEntries(
      Object.entries(run.environment.storages).map(([name, facts], index) => {
        const rest = { ...facts };
        delete rest.standIn;
        const kind = index === 0 ? 'local' : 'lustre';
        return [name, { ...rest, kind, label: name, device: `8:${index}` }];
      }),
    ),
  },
});

/** What a made-up run says of one claim. */
function claimOn(
  condition: string,
  claim: object = {},
  options: Synthetic = {},
  fails: (arm: Arm) => boolean = () => false,
): ClaimResult {
  const { change = real } = options;
  const made = syntheticRun({
    ...{ blocks: 12, measure: ['creation', 'guest-io'] },
    ...options,
    change: (made) => {
      const changed = change(made);
      const about = { name: 'c', source: 's', words: 'w', status: 'directional', condition };
      return { ...changed, scenario: { ...changed.scenario, claims: [{ ...about, ...claim }] } };
    },
  });
  const trials = made.trials.map((trial): Trial =>
    fails(trial.arm) ? { ...trial, state: 'failed' } : trial,
  );
  const groups = groupSamples(made.samples.filter(({ arm }) => !fails(arm)));
  const [result] = analyse({ run: made.run, trials, groups }).claims;
  return result as ClaimResult;
}

describe('verdicts', () => {
  it.each([
    ['creation.total(provisioning=clone) < creation.total(provisioning=copy)', 'reproduced'],
    ['creation.total(provisioning=clone) > creation.total(provisioning=copy)', 'refuted'],
    ['creation.total(provisioning=copy) > creation.total(provisioning=clone)', 'reproduced'],
    // 6 % of the copy alone: of the whole it is less, and the clone hides it.
    ['creation.total(storage=shared) < creation.total(storage=local)', 'refuted'],
    ['creation.total(storage=shared) <= creation.total(storage=local)', 'reproduced'],
    ['creation.total(provisioning=copy) <= creation.total(provisioning=clone)', 'refuted'],
    ['creation.total(provisioning=copy) = creation.total(provisioning=clone)', 'refuted'],
    ['guest-io.throughput(job=seqread) > 100MB/s', 'reproduced'],
    ['100MB/s > guest-io.throughput(job=seqread)', 'refuted'],
    ['creation.total(guests=4) / creation.total(guests=1) > 200%', 'reproduced'],
    ['creation.total < 2s and creation.total > 1ms', 'refuted'],
    ['creation.total < 2s or creation.total > 1ms', 'reproduced'],
    [
      'guest-io.throughput(job=randread, guests=4) < 4 * guest-io.throughput(job=randread, guests=1)',
      'reproduced',
    ],
  ])('%s is %s', (condition, verdict) => {
    expect(claimOn(condition)).toMatchObject({ verdict, why: [] });
  });

  it('shows the effect in the words of the condition', () => {
    const ratio = claimOn('creation.total(provisioning=clone) < creation.total(provisioning=copy)');
    expect(ratio.comparisons.map(effectText)).toEqual([
      expect.stringMatching(/^ratio 0\.\d+, 0\.\d+–0\.\d+, n = 12 in each of 4 settings$/),
    ]);
    const value = claimOn('creation.total(provisioning=clone, storage=local, guests=1) < 5');
    expect(value.why[0]).toContain('expected the same unit');
    const seconds = claimOn('creation.total(provisioning=clone, storage=local, guests=1) < 60s');
    expect(seconds.comparisons.map(effectText)).toEqual([
      expect.stringMatching(/^2\.\d\d s, 2\.\d\d–2\.\d\d, n = 12$/),
    ]);
    const turned = claimOn('60s > creation.total(provisioning=clone, storage=local, guests=1)');
    expect(turned.comparisons.map(effectText)).toEqual([
      expect.stringMatching(/^2\.\d\d s, 2\.\d\d–2\.\d\d, n = 12$/),
    ]);
    expect(turned.verdict).toBe('reproduced');
  });

  it('takes a difference within the margin for none', () => {
    const condition =
      'guest-io.throughput(job=randread, storage=shared) < guest-io.throughput(job=randread, storage=local)';
    const quiet = { noise: 0.001, blocks: 20 };
    expect(claimOn(condition, { margin: 0 }, quiet).verdict).toBe('reproduced');
    const small = claimOn(condition, { margin: 0.05 }, quiet);
    expect([small.verdict, openText(small)]).toEqual([
      'refuted',
      'the difference lies within ±5 %',
    ]);
    const equal = condition.replace('<', '=');
    expect(claimOn(equal, { margin: 0.05 }, quiet).verdict).toBe('reproduced');
    expect(claimOn(equal, { margin: 0.001 }, quiet).verdict).toBe('refuted');
  });

  it('says how many more trials would decide', () => {
    const condition =
      'guest-io.throughput(job=randread, storage=shared) < guest-io.throughput(job=randread, storage=local)';
    const few = claimOn(condition, {}, { blocks: 4 });
    expect(few).toMatchObject({ verdict: 'inconclusive', moreTrials: 2 });
    expect(few.comparisons.map(effectText).join()).toContain('no interval');
    const noisy = claimOn(condition, {}, { blocks: 8, noise: 0.3 });
    expect(noisy.verdict).toBe('inconclusive');
    expect(openText(noisy)).toMatch(/more trials of each arm would decide|more than a thousand/);
  });
});

describe('not testable here', () => {
  const condition = 'creation.total(storage=shared) <= creation.total(storage=local)';

  it.each<[string, object, (run: Run) => Run, string]>([
    ['emulation', {}, (run) => run, 'the guests were emulated (TCG)'],
    ['a stand-in', {}, (run) => run, 'shared is a stand-in (shared directory)'],
    ['one device', {}, (run) => run, 'lie on one device'],
    ['another storage', { requires: { local: 'lustre' } }, real, 'the claim is about lustre'],
  ])('%s', (_, claim, change, why) => {
    const result = claimOn(condition, claim, { change });
    expect(result.verdict).toBe('not-testable');
    expect(openText(result)).toContain(why);
    expect(result.comparisons.map(effectText).join()).toMatch(/^ratio \d/);
  });

  it('unless the claim bears it', () => {
    const oneDevice = (run: Run): Run => ({
      ...run,
      environment: { ...run.environment, storages: real(run).environment.storages },
    });
    const result = claimOn(condition, { tolerates: ['emulation'] }, { change: oneDevice });
    expect(result.verdict).toBe('reproduced');
  });

  it.each([
    ['migration.downtime(observer=network) < 1s', 'a metric that is measured'],
    ['creation.total(guests=16) < 1min', 'a level of guests'],
    ['guest-io.latency(job=randread) < 1s', 'with its percentile'],
    ['creation.total(', 'got the end'],
  ])('what the run does not have: %s', (condition, why) => {
    const result = claimOn(condition);
    expect(result).toMatchObject({ verdict: 'not-testable', comparisons: [] });
    expect(openText(result)).toContain(why);
  });

  it('arms of which nothing was completed', () => {
    const result = claimOn(condition, {}, {}, ({ storage }) => storage === 'shared');
    expect(openText(result)).toContain('no trial on shared with copy at 1 guest was completed');
  });
});

it('names the field of a stored claim that was damaged, in one line', () => {
  const broken = () => claimOn('creation.total < 5s', { source: 7, words: '' }, { blocks: 1 });
  expect(broken).toThrow(
    /^run\.json of .*: scenario\.claims\.0\.source: expected claims, got others \(.*expected string.*\)\n {2}Restore/,
  );
});

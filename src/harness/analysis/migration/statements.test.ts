import { describe, expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import type { ObserverName } from './observers.ts';
import { disagreementNotes } from './statements.ts';
import { syntheticMigration, type SyntheticMigration } from './synthetic-migration.example.ts';

function analysed(options: SyntheticMigration = {}) {
  const { run, trials, samples } = syntheticMigration(options);
  return analyse({ run, trials, groups: groupSamples(samples) });
}

const all = (value: number): Record<ObserverName, number> => ({
  'hypervisor-reported': value,
  'hypervisor-events': value,
  network: value,
  guest: value,
  disk: value,
});
const methods = { method: ['pre-copy', 'post-copy'] };

describe('the answer of a run of migrations', () => {
  const { answer, warnings } = analysed({ factors: methods, blocks: 12 });
  const texts = answer.map(({ text }) => text);

  it('begins with the widest disagreement, and says whom to trust', () => {
    expect(answer[0]?.kind).toBe('disagreement');
    expect(texts[0]).toMatch(
      /^Post-copy: the hypervisor reported [78]\.\d\d ms \(.*\); the network was out for 7\d\d ms \(.*\), \d\d(\.\d)? times as long \(n = 12\)\. For the downtime of a service trust the network \(calibration error \+0\.\d ± \d\.\d ms\)/,
    );
    expect(texts[0]).toContain('They disagree in 2 of 2 arms that can tell.');
  });

  it('says that hypervisor and network rank the methods in opposite order', () => {
    expect(texts[1]).toMatch(
      /^Hypervisor and network rank post-copy and pre-copy in opposite order: by the hypervisor's figure the outage with post-copy is 0\.\d+ times as long as with pre-copy \(.*\), by the network 5\.\d\d times/,
    );
  });

  it('ends with lost writes and their bound, in six sentences at most', () => {
    expect(texts.at(-1)).toBe(
      'No acknowledged write was lost in 24 checked migrations; that still permits losses in up to 12 % of migrations (95 % confidence, 1 − 0.05^(1/n)).',
    );
    expect(answer.length).toBeLessThanOrEqual(6);
  });

  it('compares arms by the downtime of the service alone', () => {
    const compared = texts.slice(2).join(' ');
    expect(compared).toContain('(network)');
    expect(compared).not.toMatch(/hypervisor-|guest|disk/);
  });

  it('warns of figures at the floor', () => {
    expect(warnings.join(' ')).toMatch(
      /Downtimes at the floor of their observer.*guest with post-copy: 2\d\.\d ms, floor 1\d\.\d ms/,
    );
  });
});

it('is silent where the observers lie within intervals, floors and errors', () => {
  const {
    answer,
    run,
    outages = [],
  } = analysed({
    factors: methods,
    blocks: 12,
    downtimes: ({ method }) => all(method === 'post-copy' ? 0.31 : 0.3),
  });
  expect(answer.map(({ kind }) => kind)).not.toContain('disagreement');
  expect(disagreementNotes(run, outages).join(' ')).toContain(
    'no observer is further from the network than floors, calibration errors and intervals allow',
  );
});

it('lets floors and errors excuse a difference whose intervals do not overlap', () => {
  const near = () => ({ ...all(0.1), 'hypervisor-reported': 0.08 });
  const quiet = analysed({ factors: {}, blocks: 12, downtimes: near, floors: { network: 0.001 } });
  const noisy = analysed({ factors: {}, blocks: 12, downtimes: near, floors: { network: 0.04 } });
  const kinds = ({ answer }: typeof quiet) => answer.map(({ kind }) => kind);
  expect(kinds(quiet)).toContain('disagreement');
  expect(kinds(noisy)).not.toContain('disagreement');
});

it('compares the other arms where one never converges, and says so', () => {
  const factors = { method: ['pre-copy', 'post-copy'], dirtyRate: [0, 40 * 2 ** 20] };
  const { trials } = syntheticMigration({ factors, blocks: 6 });
  const notConverged = trials
    .filter(({ arm }) => arm['method'] === 'pre-copy' && arm['dirtyRate'] !== 0)
    .map(({ trial }) => trial);
  const { answer, effects } = analysed({ factors, blocks: 6, notConverged });
  const method = effects.find(
    ({ factor, series }) => factor === 'method' && series.key.observer === 'network',
  );
  expect(method).toMatchObject({ leftOut: 1, notConverged: 6, judgement: { kind: 'different' } });
  const texts = answer.map(({ text }) => text).join(' ');
  expect(texts).toContain('rank post-copy and pre-copy in opposite order');
  expect(texts).toContain('6 of 24 trials did not converge, so 1 pair is left out');
});

it('claims no disagreement below six trials', () => {
  const { answer, run, outages = [] } = analysed({ factors: methods, blocks: 5 });
  expect(answer.map(({ kind }) => kind)).not.toContain('disagreement');
  expect(disagreementNotes(run, outages)).toEqual([]);
});

it('still sees the disagreement where some trials did not converge', () => {
  const { answer } = analysed({ factors: methods, blocks: 9, notConverged: [2, 7] });
  expect(answer[0]?.kind).toBe('disagreement');
  expect(answer.map(({ text }) => text).join(' ')).toContain('did not converge');
});

it('tells of lost writes, also of those of cancelled migrations', () => {
  const made = syntheticMigration({ factors: {}, blocks: 8, notConverged: [3] });
  const lost = { ...made.samples.find(({ metric }) => metric === 'migration.lost-writes') };
  const samples = [...made.samples, { ...lost, trial: 3, value: 2 } as (typeof made.samples)[0]];
  const { answer } = analyse({ run: made.run, trials: made.trials, groups: groupSamples(samples) });
  expect(answer.at(-1)?.text).toBe(
    '2 acknowledged writes were lost in 1 of 8 checked migrations (1 of them cancelled); up to 47 % of migrations may lose some (95 % confidence, exact binomial).',
  );
});

it('says of what is compared that it lies at the floor', () => {
  const { answer } = analysed({
    factors: methods,
    blocks: 8,
    downtimes: ({ method }) => all(method === 'post-copy' ? 0.5 : 0.012),
  });
  expect(answer.map(({ text }) => text).join(' ')).toContain(
    "; 1 of 2 arms at the observer's floor",
  );
});

it('shows nothing of migrations in other runs', () => {
  expect(analysed({ factors: {}, blocks: 0 }).answer).toEqual([]);
});

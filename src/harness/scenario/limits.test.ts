import { describe, expect, it } from 'vitest';
import { loadText, problemsOf } from './load-text.example.ts';

const rest =
  'name: a\nstorages: { local: { kind: local } }\nfactors: { guests: [1, 2] }\n' +
  'measure: { guest-io: { jobs: [{ name: j, rw: randread }] } }\n';

describe('limits of a scenario', () => {
  it('are kept in seconds and shares', () => {
    const { scenario } = loadText(`${rest}limits: { p99: 20ms, aggregate: 95%, guest: 2MB/s }\n`);
    expect(scenario.limits).toEqual({ p99: 0.02, aggregate: 0.95, guest: '2MB/s' });
    expect(loadText(`${rest}limits: { aggregate: 0.9 }\n`).scenario.limits).toEqual({
      aggregate: 0.9,
    });
  });

  it.each([
    ['limits: { p98: 20ms }', /^x.yaml:5:11: limits.p98: unknown key/, /p98/],
    ['limits: { p99: soon }', /^x.yaml:5:16: limits.p99: expected a duration/, /20|30s/],
    ['limits: { aggregate: 2 }', /^x.yaml:5:22: limits.aggregate: expected/, /1/],
    ['limits: { guest: fast }', /^x.yaml:5:18: limits.guest: expected bytes or requests/, /2MB\/s/],
  ])('%s is refused with its place', (text, place, hint) => {
    const [problem] = problemsOf(`${rest}${text}\n`);
    const shown = `${problem?.where}: ${problem?.message}`;
    expect(shown).toMatch(place);
    expect(`${shown} ${problem?.remedy} ${problem?.excerpt}`).toMatch(hint);
  });

  it('need guest-io over several numbers of guests', () => {
    const limits = 'limits: { p99: 20ms }\n';
    const one = rest.replace('[1, 2]', '[1]');
    expect(problemsOf(one + limits)[0]?.message).toContain('several numbers of guests');
    const noop = 'name: a\nfactors: { guests: [1, 2] }\nmeasure: { noop: {} }\n';
    expect(problemsOf(noop + limits)[0]?.message).toContain('expected measure.guest-io');
  });
});

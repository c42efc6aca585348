import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadText, problemsOf } from '../load-text.example.ts';

const scenario = (condition: string, rest = '', more = '') => `name: x
storages: { local: {}, shared: {} }
factors: { storage: [local, shared], memory: [128MiB, 256MiB] }
fixed: { provisioning: clone }
measure:
  creation: {}
  guest-io: { jobs: [{ name: randread, rw: randread }, { name: mix, rw: randrw }] }
${more}claims:
  - name: sooner
    source: somebody
    words: it is sooner
    status: directional
    ${rest}condition: ${condition}
`;
const problemOf = (condition: string, rest = '') => {
  const [problem, ...others] = problemsOf(scenario(condition, rest));
  expect(others).toEqual([]);
  return problem;
};

describe('accepts', () => {
  it.each([
    'creation.total(storage=shared) < creation.total(storage=local)',
    'creation.total < 5s and creation.total > 100 ms',
    'creation.total(storage=shared, memory=128MiB) / creation.total(storage=local, memory=128MiB) <= 90%',
    'guest-io.throughput(job=mix:read) >= 2MB/s',
    'guest-io.latency(job=randread, percentile=p99) < 0.02 * 1s',
    'guest-io.iops(job=randread) > 300/s or (creation.total < 1min and creation.all < 90s)',
    'guest-io.throughput(job=randread) * creation.total > 4KiB',
    'creation.total(provisioning=clone) < 3s',
    'creation.end-point(observer=agent) < creation.end-point(observer=service)',
  ])('%s', (condition) => {
    expect(problemsOf(scenario(condition))).toEqual([]);
  });

  it('a level that --set has taken away: the claim is not tested then', () => {
    const text = scenario('creation.total(storage=shared) < creation.total(storage=local)');
    expect(problemsOf(text, ['fixed.storage=local'])).toEqual([]);
  });
});

describe('says what is wrong and where', () => {
  it.each([
    ['creation.totl < 5s', 'a metric that is measured, got "creation.totl"', 16],
    ['migration.downtime(observer=network) < 5s', 'a metric that is measured', 16],
    ['creation.total(storge=local) < 5s', 'expected a factor', 31],
    ['creation.total(storage=locl) < 5s', 'expected a level of storage', 39],
    ['creation.total < 5', 'same unit on both sides, got seconds and a plain number', 16],
    ['creation.total < 5MB/s', 'seconds and bytes/second', 16],
    ['creation.total', 'expected a comparison', 16],
    ['creation.total <', 'got the end', 32],
    ['creation.total < 5s and', 'got the end', 39],
    ['(creation.total < 5s', 'expected ), got the end', 36],
    ['creation.total < 5s creation', 'expected and, or, or the end, got "creation"', 36],
    ['creation.total < 0s', 'a finite number above 0', 33],
    ['creation.total < 1e308s * 1e308', 'a finite number above 0', 33],
    ['creation.total < 1s * (1e-200 / 1e200)', 'a finite number above 0', 38],
    ['creation.total / 1e200 < 1e200s', 'a finite number above 0', 16],
    ['3 < 4', 'got only numbers', 16],
    ['guest-io.throughput > 2MB/s', 'with its job, got none', 16],
    ['guest-io.throughput(job=seqread) > 2MB/s', 'one of randread, mix:read, mix:write', 40],
    ['creation.total(job=randread) > 2s', 'expected no job of creation.total', 31],
    ['creation.phase < 5s', 'expected creation.phase with its phase, got none', 16],
    ['creation.phase(phase=bogus) < 5s', 'expected phase one of provision, define', 37],
    ['creation.total(phase=kernel) < 5s', 'expected no phase of creation.total, got one', 31],
    ['creation.total(observer=me) < 5s', 'expected no observer of creation.total', 31],
    ['creation.end-point(observer=me) < 5s', 'observer one of monitor, init', 44],
    ['creation.total(percentile=3) < 5s', 'expected no percentile of creation.total', 31],
    ['guest-io.steady(job=mix:read) = 1', 'expected job one of randread, mix', 36],
    ['guest-io.clock-error(job=mix) < 1s', 'expected no job of guest-io.clock-error', 37],
    ['creation.total(storage=shared) < creation.total', 'leave the same factors open', 16],
    ['(creation.total < 5s) < 5s', 'expected a value, got a comparison', 16],
  ])('%s', (condition, message, column) => {
    const problem = problemOf(condition);
    expect(problem?.message).toContain(message);
    expect(problem?.where).toBe(`x.yaml:13:${column}`);
  });

  it('also where the condition is folded or quoted', () => {
    const folded = problemOf('>-\n      creation.total\n      < 5MB', '');
    expect(folded?.where).toBe('x.yaml:14:7');
    expect(problemOf('"creation.total < 5s and zzz > 1s"')?.where).toBe('x.yaml:13:41');
    const plain = problemOf('creation.total\n      < 5s and zzz > 1s');
    expect(plain?.where).toBe('x.yaml:14:16');
  });

  it('of names, margins and storages', () => {
    const equal = 'creation.total(storage=shared) = creation.total(storage=local)';
    expect(problemOf(equal, 'margin: 0\n    ')?.message).toContain('a margin above 0');
    expect(problemOf(equal, 'margin: 3%\n    ')).toBeUndefined();
    expect(problemOf(equal, 'requires: { shred: lustre }\n    ')?.message).toContain('"shred"');
    expect(problemOf(equal, 'margin: lots\n    ')?.message).toContain('claims.0.margin');
    const doubled = `${scenario(equal)}  - { name: sooner, source: a, words: b, status: directional, condition: creation.total < 5s }\n`;
    expect(problemsOf(doubled).map(({ message }) => message)).toEqual([
      'claims.1.name: expected a name of its own, got "sooner" again',
    ]);
  });
});

describe('labels of the manager and of simulations', () => {
  const problemIn = (measure: string, condition: string) =>
    problemsOf(`name: x
measure: ${measure}
claims:
  - { name: c, source: s, words: w, status: directional, condition: "${condition}" }
`).map(({ message, where }) => `${where}: ${message}`);

  it.each([
    ['manager.latency < 1s', 70, 'manager.latency with its percentile, got none'],
    ['manager.latency(phase=done, percentile=42) < 1s', 109, 'percentile one of 50, 99, got "42"'],
    [
      'manager.latency(phase=bogus, percentile=50) < 1s',
      92,
      'phase one of accepted, done, got "bogus"',
    ],
    ['manager.rate(phase=done) < 1/s', 83, 'no phase of manager.rate'],
  ])('%s', (condition, column, message) => {
    const problems = problemIn('{ manager: {} }', condition);
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).toMatch(new RegExp(`^x\\.yaml:4:${column}: `));
  });

  it('of what has them, as they are recorded', () => {
    const good = 'manager.latency(phase=done, percentile=p99) < 1s and manager.rate > 1/s';
    expect(problemIn('{ manager: {} }', good)).toEqual([]);
    const simulated = problemIn(
      '{ simulation: {} }',
      'simulation.overloaded(percentile=3) < 1 and simulation.unmet < 1',
    );
    expect(simulated).toEqual([expect.stringContaining('no percentile of simulation.overloaded')]);
  });
});

it('keeps claims through storing and restoring', () => {
  const { scenario: loaded } = loadText(scenario('creation.total < 5s', 'margin: 10%\n    '));
  expect(loaded.claims?.[0]).toMatchObject({ name: 'sooner', margin: 0.1 });
});

it('never fails other than with a message at a place, whatever the condition', () => {
  const word = fc.constantFrom(
    ...['creation.total', '(', ')', 'storage', '=', 'local', '<', '>=', '*', '/', 'and', 'or'],
    ...['5', 's', '%', ',', '"', '1e999', 'job', '\\', '::', 'é'],
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
      const text = scenario(JSON.stringify(words.join(' ')));
      for (const { where } of problemsOf(text)) expect(where).toMatch(/^x\.yaml:13:\d+$/);
    }),
    { numRuns: 300 },
  );
});

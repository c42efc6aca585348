import { describe, expect, it } from 'vitest';
import { problemsOf } from '../load-text.example.ts';

const problems = (text: string) =>
  problemsOf(`name: x\n${text}\n`).map(({ where, message }) => `${where}: ${message}`);

describe('a simulation', () => {
  it('may have more hosts and guests than there really are', () => {
    expect(
      problems('measure: { simulation: {} }\nfixed: { hosts: 10000, guests: 100000 }'),
    ).toEqual([]);
    expect(
      problems('measure: { noop: {} }\nfixed: { hosts: 1025 }\nfactors: { guests: [1, 2000] }'),
    ).toEqual([
      'x.yaml:3:10: fixed.hosts: expected at most 1024 outside of simulations, got 1025',
      'x.yaml:4:12: factors.guests: expected at most 1024 outside of simulations, got 2000',
    ]);
  });

  it('stands alone', () => {
    expect(problems('measure: { simulation: {}, noop: {} }')).toEqual([
      'x.yaml:2:12: measure.simulation: expected nothing else to be measured, got noop beside it',
    ]);
  });

  it('has levels of its own, and only those that make a difference', () => {
    expect(problems('measure: { noop: {} }\nfactors: { placement: [best-fit, random] }')).toEqual([
      'x.yaml:3:12: factors.placement: expected only beside measure.simulation: nothing else looks at it',
    ]);
    const services = 'measure: { simulation: { subject: services } }';
    expect(
      problems(`${services}\nfactors: { sharing: [none, random], placement: [random] }`),
    ).toEqual([
      'x.yaml:3:37: factors.placement: expected one of hosts, workload, sharing, faults: a simulation of services does not look at it',
    ]);
    expect(
      problems('measure: { simulation: {} }\nfixed: { storage: local }\nstorages: { local: {} }'),
    ).toHaveLength(1);
  });

  it('needs the file of a trace that it repeats', () => {
    const text = (load: string) =>
      `measure: { simulation: { load: ${load} } }\nfactors: { workload: [steady, trace] }`;
    expect(problems(text('{ trace: load.csv }'))).toEqual([]);
    expect(problems(text('{}'))).toEqual([
      'x.yaml:2:12: measure.simulation.load.trace: expected the file that workload trace repeats',
    ]);
  });

  it('gives back below the threshold', () => {
    const text = 'measure: { simulation: { threshold: 0.5, hysteresis: 0.6 } }';
    expect(problems(text)).toEqual([
      'x.yaml:2:42: measure.simulation.hysteresis: expected at most the threshold 0.5, got 0.6',
    ]);
  });
});

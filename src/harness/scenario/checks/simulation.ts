import type { Finding } from '../../../base/yaml/finding.ts';
import { keySpan, type Tree } from '../../../base/yaml/tree.ts';
import type { FactorName } from '../levels.ts';
import type { Scenario } from '../schema.ts';

/** Levels that only simulations have. */
const ofSimulations: readonly FactorName[] = [
  ...(['placement', 'rebalancing', 'sharing', 'workload', 'nPlusOne', 'faults'] as const),
];

/** What each subject of a simulation looks at. */
const looksAt: Readonly<Record<string, readonly FactorName[]>> = {
  guests: ['hosts', 'guests', 'workload', 'placement', 'rebalancing', 'nPlusOne', 'faults'],
  services: ['hosts', 'workload', 'sharing', 'faults'],
  capacity: ['hosts', 'guests', 'placement', 'nPlusOne'],
};

/** Hosts and guests that are real. */
const mostReal = 1024;

/** A simulation stands alone, and crosses what makes a difference to it; no other has its levels. */
export function checkSimulation(scenario: Scenario, tree: Tree): Finding[] {
  const { measure, fixed, factors } = scenario;
  const { simulation } = measure;
  const sides = { fixed, factors };
  const named = (['fixed', 'factors'] as const).flatMap((side) =>
    Object.keys(sides[side]).map((factor) => ({ side, factor: factor as FactorName })),
  );
  if (simulation === undefined) {
    const foreign = named
      .filter(({ factor }) => ofSimulations.includes(factor))
      // Real services share as simulated ones do.
      .filter(({ factor }) => factor !== 'sharing' || measure.sharing === undefined)
      .map(({ side, factor }) => ({
        span: keySpan(tree, [side, factor]),
        message: `${side}.${factor}: expected only beside measure.simulation: nothing else looks at it`,
      }));
    return [...foreign, ...tooMany(scenario, tree)];
  }
  const { subject } = simulation;
  const findings: Finding[] = [];
  const others = Object.keys(measure).filter((name) => name !== 'simulation');
  if (others.some((name) => measure[name as keyof typeof measure] !== undefined)) {
    findings.push({
      span: keySpan(tree, ['measure', 'simulation']),
      message: `measure.simulation: expected nothing else to be measured, got ${others.join(', ')} beside it`,
      remedy: 'make it a scenario of its own: its hosts and guests are simulated',
    });
  }
  const known = looksAt[subject] ?? [];
  for (const { side, factor } of named) {
    if (known.includes(factor)) continue;
    findings.push({
      span: keySpan(tree, [side, factor]),
      message: `${side}.${factor}: expected one of ${known.join(', ')}: a simulation of ${subject} does not look at it`,
    });
  }
  const traced = (factors.workload ?? [fixed.workload]).includes('trace');
  if (traced && simulation.load.trace === undefined) {
    findings.push({
      span: keySpan(tree, ['measure', 'simulation']),
      message: 'measure.simulation.load.trace: expected the file that workload trace repeats',
    });
  }
  if (simulation.hysteresis > simulation.threshold) {
    findings.push({
      span: keySpan(tree, ['measure', 'simulation', 'hysteresis']),
      message: `measure.simulation.hysteresis: expected at most the threshold ${simulation.threshold}, got ${simulation.hysteresis}`,
    });
  }
  return findings;
}

function tooMany({ fixed, factors }: Scenario, tree: Tree): Finding[] {
  return (['hosts', 'guests'] as const).flatMap((factor) => {
    const levels = factors[factor] ?? [fixed[factor] ?? 1];
    const most = Math.max(...levels);
    if (most <= mostReal) return [];
    const side = factors[factor] === undefined ? 'fixed' : 'factors';
    return [
      {
        span: keySpan(tree, [side, factor]),
        message: `${side}.${factor}: expected at most ${mostReal} outside of simulations, got ${most}`,
      },
    ];
  });
}

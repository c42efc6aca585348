import { checkClaims } from './checks/claims.ts';
import { checkCombinations } from './checks/combinations.ts';
import { checkCrash } from './checks/crash.ts';
import { checkExclude } from './checks/exclude.ts';
import { checkFactors } from './checks/factors.ts';
import { checkFailover } from './checks/failover.ts';
import { checkGuest } from './checks/guest.ts';
import { checkHosts } from './checks/hosts.ts';
import { checkJobs } from './checks/jobs.ts';
import { checkLayouts } from './checks/layouts.ts';
import { checkLimits } from './checks/limits.ts';
import { checkRepeat } from './checks/repeat.ts';
import { checkSimulation } from './checks/simulation.ts';
import { checkStorages } from './checks/storages.ts';
import type { Finding } from '../../base/yaml/finding.ts';
import { countCombinations, crossArms, mostCombinations, nothingLeft } from './matrix.ts';
import { needsGuests } from './needs-guests.ts';
import type { Scenario } from './schema.ts';
import { keySpan, type Tree } from '../../base/yaml/tree.ts';

/**
 * What the schema cannot see: names that must be defined, levels that exclude each other, arms that
 * cannot be.
 * @param decided factors that `--set` has held or crossed
 */
export function check(scenario: Scenario, tree: Tree, decided: ReadonlySet<string>): Finding[] {
  const findings = [
    ...checkStorages(scenario, tree),
    ...checkClaims(scenario, tree, decided),
    ...checkFactors(scenario, tree),
    ...checkCrash(scenario, tree),
    ...checkFailover(scenario, tree),
    ...checkExclude(scenario, tree, decided),
    ...checkGuest(scenario, tree),
    ...checkHosts(scenario, tree),
    ...checkJobs(scenario, tree),
    ...checkLayouts(scenario, tree),
    ...checkLimits(scenario, tree),
    ...checkRepeat(scenario, tree),
    ...checkSimulation(scenario, tree),
  ];
  if (countCombinations(scenario) > mostCombinations) return findings;
  const matrix = crossArms(scenario);
  if (matrix.arms.length === 0) {
    findings.push({ span: keySpan(tree, ['exclude']), ...nothingLeft });
  } else if (needsGuests(scenario) !== undefined) {
    findings.push(...checkCombinations(matrix, tree));
  }
  return findings;
}

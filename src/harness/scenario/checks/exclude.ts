import { didYouMean } from '../../../base/yaml/closest.ts';
import type { Finding } from '../../../base/yaml/finding.ts';
import { completeLevels, crossedFactors } from '../matrix.ts';
import type { FactorName } from '../levels.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import type { Scenario } from '../schema.ts';
import { keySpan, valueSpan, type Tree } from '../../../base/yaml/tree.ts';

/**
 * What is excluded can occur. Factors that `--set` has decided are let pass:
 * an exclusion that they make pointless is no mistake of the file.
 */
export function checkExclude(
  scenario: Scenario,
  tree: Tree,
  decided: ReadonlySet<string>,
): Finding[] {
  const crossed = crossedFactors(scenario);
  const names = Object.keys(crossed);
  const findings: Finding[] = [];
  scenario.exclude.forEach((excluded, index) => {
    for (const [factor, level] of Object.entries(excluded)) {
      if (decided.has(factor)) continue;
      const path = ['exclude', index, factor];
      const levels = crossed[factor];
      if (levels === undefined) {
        const held = completeLevels(scenario)[factor as FactorName];
        findings.push({
          span: keySpan(tree, path),
          message: `${showPath(path)}: expected a factor that is crossed in factors, got one that is ${show(held)} in every arm`,
          hint: didYouMean(factor, names),
        });
      } else if (level !== undefined && !levels.includes(level)) {
        findings.push({
          span: valueSpan(tree, path),
          message: `${showPath(path)}: expected a level of the factor, ${levels.join(', ')}, got ${show(level)}`,
          hint: didYouMean(String(level), levels.map(String)),
        });
      }
    }
  });
  return findings;
}

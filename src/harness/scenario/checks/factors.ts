import type { Finding } from '../../../base/yaml/finding.ts';
import {
  countCombinations,
  crossedFactors,
  mostCombinations,
  tooManyCombinations,
} from '../matrix.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import type { Scenario } from '../schema.ts';
import { keySpan, valueSpan, type Tree } from '../../../base/yaml/tree.ts';

/** A factor is held or crossed, never both; it has no level twice; the arms are not too many. */
export function checkFactors(scenario: Scenario, tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const [factor, levels] of Object.entries(crossedFactors(scenario))) {
    if (Object.hasOwn(scenario.fixed, factor)) {
      findings.push({
        span: keySpan(tree, ['factors', factor]),
        message: `factors.${factor}: expected a factor that is not held in fixed, got one that is`,
        remedy: `remove ${factor} from fixed or from factors`,
      });
    }
    levels.forEach((level, index) => {
      const first = levels.indexOf(level);
      if (first === index) return;
      const path = ['factors', factor, index];
      findings.push({
        span: valueSpan(tree, path),
        message: `${showPath(path)}: expected every level once, got ${show(level)} again`,
      });
    });
  }
  const combinations = countCombinations(scenario);
  if (combinations > mostCombinations) {
    findings.push({ span: keySpan(tree, ['factors']), ...tooManyCombinations(combinations) });
  }
  return findings;
}

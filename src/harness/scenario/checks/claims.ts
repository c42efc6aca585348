import { didYouMean } from '../../../base/yaml/closest.ts';
import type { Finding } from '../../../base/yaml/finding.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import { at, keySpan, valueSpan, type Tree } from '../../../base/yaml/tree.ts';
import { parseCondition } from '../claims/parse-condition.ts';
import { spanWithin } from '../claims/span-within.ts';
import { ConditionError } from '../claims/syntax.ts';
import { comparisonsOf, typeCondition } from '../claims/typed.ts';
import { scenarioVocabulary } from '../claims/vocabulary.ts';
import type { Scenario } from '../schema.ts';

/**
 * Claims have names of their own, and conditions about what is measured. Levels of factors that
 * `--set` has decided are let pass: the claim is then not tested by the run.
 */
export function checkClaims(
  scenario: Scenario,
  tree: Tree,
  decided: ReadonlySet<string>,
): Finding[] {
  const { claims = [], storages } = scenario;
  const vocabulary = scenarioVocabulary(scenario, decided);
  return claims.flatMap(({ name, condition, margin, requires = {} }, index) => {
    const path = ['claims', index];
    const findings: Finding[] = [];
    if (claims.findIndex((each) => each.name === name) < index) {
      findings.push({
        span: valueSpan(tree, [...path, 'name']),
        message: `${showPath([...path, 'name'])}: expected a name of its own, got ${show(name)} again`,
      });
    }
    for (const storage of Object.keys(requires)) {
      if (Object.hasOwn(storages, storage)) continue;
      const names = Object.keys(storages);
      findings.push({
        span: keySpan(tree, [...path, 'requires', storage]),
        message: `${showPath([...path, 'requires'])}: expected ${names.length === 0 ? 'no storage: none is defined' : oneOf(names)}, got ${show(storage)}`,
        hint: didYouMean(storage, names),
      });
    }
    const where = [...path, 'condition'];
    try {
      const typed = typeCondition(parseCondition(condition), vocabulary);
      if (margin === 0 && comparisonsOf(typed).some(({ operator }) => operator === '=')) {
        findings.push({
          span: valueSpan(tree, where),
          message: `${showPath(where)}: expected a margin above 0 beside =, got 0`,
          remedy: 'no two figures are equal to the last digit: say margin: 5%',
        });
      }
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      const scalar = at(tree, where);
      findings.push({
        span: scalar?.kind === 'scalar' ? spanWithin(scalar, error.place) : valueSpan(tree, where),
        message: `${showPath(where)}: ${error.message}`,
        hint: error.hint,
      });
    }
    return findings;
  });
}

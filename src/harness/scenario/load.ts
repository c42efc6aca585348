import { UserError } from '../../base/errors.ts';
import { check } from './check.ts';
import { inWrittenOrder } from './factor-order.ts';
import { errorOf } from '../../base/yaml/finding.ts';
import { expectation, findingsOf } from '../../base/yaml/issues.ts';
import { levelsSchema } from './levels.ts';
import { override, parseOverride, type Override } from './override.ts';
import { parseYaml } from '../../base/yaml/parse-yaml.ts';
import { readSource, type Read } from '../../base/yaml/read-source.ts';
import { scenarioSchema, type Scenario } from './schema.ts';
import { at, plain, type Tree } from '../../base/yaml/tree.ts';

export interface LoadOptions {
  /** Values of `--set`, such as `repeat.trials=3`, applied in this order. */
  set?: readonly string[];
  /** How the file is read; from this machine by default. */
  read?: Read;
}

export interface LoadedScenario {
  /** Complete: overrides and defaults filled in, factors in the order written. */
  scenario: Scenario;
  /** The path as given. */
  source: string;
  overrides: string[];
}

const wanted = {
  noun: 'scenario',
  missing: 'check the path; shipped scenarios are in scenarios/',
};

/**
 * Reads and checks a scenario file.
 * @throws UserError with every problem that could be seen at once, each with its position: those of
 * the text first, then those of the shape, then those of the meaning
 */
export function loadScenario(path: string, { set = [], read }: LoadOptions = {}): LoadedScenario {
  const source = readSource(path, wanted, read);
  const written = parseYaml(source);
  if (written === undefined) {
    throw errorOf([
      {
        span: { source, start: 0, end: 0 },
        message: 'expected a scenario, got an empty file',
        remedy: 'see scenarios/quickstart.yaml for one that is explained line by line',
      },
    ]);
  }
  const overrides = parseAll(set);
  const tree = written.kind === 'mapping' ? overrides.reduce(override, written) : written;
  const value = plain(tree);
  const parsed = scenarioSchema.safeParse(withWrittenSeed(value, tree), { error: expectation });
  if (!parsed.success) throw errorOf(findingsOf(parsed.error.issues, tree, scenarioSchema));
  const scenario = inWrittenOrder(parsed.data, value);
  const findings = check(scenario, tree, decidedBy(overrides));
  if (findings.length > 0) throw errorOf(findings);
  return { scenario, source: path, overrides: [...set] };
}

function parseAll(set: readonly string[]): Override[] {
  const overrides: Override[] = [];
  const problems = set.flatMap((text) => {
    try {
      overrides.push(parseOverride(text));
      return [];
    } catch (error) {
      if (error instanceof UserError) return error.problems;
      throw error;
    }
  });
  if (problems.length > 0) throw new UserError(problems);
  return overrides;
}

/** A seed is hexadecimal: 12e4 and 0123 are no numbers here, although they are in YAML. */
function withWrittenSeed(value: unknown, tree: Tree): unknown {
  const seed = at(tree, ['seed']);
  if (seed?.kind !== 'scalar' || typeof seed.value !== 'number') return value;
  return { ...(value as object), seed: seed.written };
}

function decidedBy(overrides: readonly Override[]): Set<string> {
  return new Set(
    overrides.flatMap(({ path: [first, factor] }) => {
      if (first !== 'fixed' && first !== 'factors') return [];
      return factor ?? Object.keys(levelsSchema.shape);
    }),
  );
}

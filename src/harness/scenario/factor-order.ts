import type { Scenario } from './schema.ts';

/** The scenario with its factors in the order in which they were written: the schema has its own. */
export function inWrittenOrder(scenario: Scenario, written: unknown): Scenario {
  const { factors = {} } = written as { factors?: object };
  const order = Object.keys(factors);
  const sorted = Object.entries(scenario.factors).sort(
    ([a], [b]) => order.indexOf(a) - order.indexOf(b),
  );
  return { ...scenario, factors: Object.fromEntries(sorted) };
}

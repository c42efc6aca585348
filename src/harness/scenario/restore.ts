import { UserError } from '../../base/errors.ts';
import { inWrittenOrder } from './factor-order.ts';
import { expectation } from '../../base/yaml/issues.ts';
import { showPath } from '../../base/yaml/printable.ts';
import { scenarioSchema, type Scenario } from './schema.ts';

/**
 * The scenario of a run that was stored in its `run.json`.
 * @param where the file, for messages
 * @throws UserError if this version of virtgauge cannot read it
 */
export function restoreScenario(stored: unknown, where: string): Scenario {
  const parsed = scenarioSchema.safeParse(stored, { error: expectation });
  if (parsed.success) return inWrittenOrder(parsed.data, stored);
  throw new UserError(
    parsed.error.issues.map(({ path, message }) => ({
      where,
      message: `${showPath(['scenario', ...path])}: ${message}`,
      remedy: 'resume with the version of virtgauge that began the run',
    })),
  );
}

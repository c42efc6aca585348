import type { SourceFacts } from '../../../platform/operations/convert/conversion.ts';
import {
  inspectSource,
  inspectTarget,
} from '../../../platform/operations/convert/inspect/index.ts';
import { planConversion } from '../../../platform/operations/convert/plan.ts';
import { sourceFacts } from '../../../platform/operations/convert/source-facts.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { TrialScope } from '../measurement.ts';
import type { P2vOptions } from './options.ts';

/** Seconds for which the machine's writes are counted. */
const watch = 3;

/**
 * What a conversion by the level's method is foretold to take, from what can be seen beforehand.
 * @throws UserError with what refuses it
 */
export async function predicted(
  scope: TrialScope,
  source: Host,
  target: Host,
): Promise<{ facts: SourceFacts; prediction: { downtime: number; total: number } }> {
  const { ledger, signal, levels } = scope;
  const { budget } = scope.scenario.measure.p2v as P2vOptions;
  const seen = await inspectSource(source.shell, { watch, signal });
  const there = await inspectTarget(source.shell, target, { ledger, storage: levels.storage });
  const plan = planConversion(seen, there, { budget });
  const prediction = plan.predictions.find(({ method }) => method === levels.conversion);
  if (prediction === undefined) throw new Error(`${source.name} has no disk with /`);
  if (prediction.refused.length > 0) {
    throw new Error(`${levels.conversion} is refused: ${prediction.refused.join(', ')}`);
  }
  scope.saveArtifact('plan.json', JSON.stringify(plan, null, 2));
  return { facts: sourceFacts(seen), prediction };
}
